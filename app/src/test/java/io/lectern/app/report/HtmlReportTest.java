package io.lectern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final String HOSTILE =
            "\"><script>alert(1)</script><img src=x onerror=alert(2)>'<!-- </style></blockquote> & javascript:alert(3)";

    @TempDir
    private Path folder;

    @Test
    void showsEverythingAReaderNeeds() {
        String html = html(ReportFixtures.matter(folder).model());

        assertThat(html)
                .contains("<title>Lease of the café</title>", "What is the rent, and may the tenant sublet?")
                .contains("<blockquote dir=\"auto\">monthly rent of EUR 1,250.00</blockquote>")
                .contains("<cite>lease.txt</cite><span class=\"place\">lines 4–5</span>")
                .contains("Verbatim", "Source wording shown", "Words not found")
                .contains("Supports the claim", "Weak support", "Support not checked")
                .contains("Not found in what was read", "3 of 3 documents")
                .contains("Every answer was made on this machine. No document, question or answer left it.")
                .contains("Test model 1.5B (Q4_K_M)", "ab".repeat(32));
        ReportFixtures.matter(folder)
                .files()
                .keySet()
                .forEach(id -> assertThat(html).contains(id.sha256()));
    }

    @Test
    void doesNotShowWordsThatWereNotFoundAsAQuotation() {
        assertThat(html(ReportFixtures.matter(folder).model())).doesNotContain(">painted<");
    }

    @Test
    void leadsFromNumbersInTheAnswerToTheCitations() {
        String html = html(ReportFixtures.matter(folder).model());

        assertThat(html).contains("<a class=\"reference\" href=\"#answer-1-citation-2\">[2]</a>");
        List<String> targets = all(html, "href=\"#([^\"]+)\"");
        List<String> ids = all(html, " id=\"([^\"]+)\"");
        assertThat(ids).doesNotHaveDuplicates().containsAll(targets);
    }

    @Test
    void hostileTextStaysText() {
        ReportDocument document = ReportFixtures.document(folder, "hostile.txt", "Before " + HOSTILE + " after.\n");
        ReportDocument renamed = new ReportDocument(HOSTILE, document.document());
        Coverage coverage =
                new Coverage(List.of(new Coverage.Entry(document.id(), HOSTILE, 0, 10, 0, false, HOSTILE)), 1000);
        Answer answer = ReportFixtures.answer(
                HOSTILE,
                Answer.Outcome.ANSWERED,
                HOSTILE,
                List.of(ReportFixtures.citation(1, renamed, HOSTILE, Verbatim.VERIFIED, Support.YES)),
                coverage);

        String html = html(
                new ReportModel(HOSTILE, ReportFixtures.MADE_AT, HOSTILE, List.of(renamed), List.of(answer, answer)));

        assertThat(html).doesNotContain("<script", "<img", "<!--").contains("&lt;script&gt;alert(1)");
        assertThat(all(html, "<(blockquote)")).hasSize(2);
    }

    @Test
    void anAnswerFromAServerIsSaid() {
        Answer here =
                ReportFixtures.answer("Who?", Answer.Outcome.NOT_FOUND, "", List.of(), new Coverage(List.of(), 1000));
        Answer elsewhere = new Answer(
                "other",
                here.question(),
                here.outcome(),
                here.text(),
                here.citations(),
                here.presence(),
                here.coverage(),
                new Answer.Model("Large model", "", "", "server.example", false),
                here.askedAt(),
                here.seconds());

        assertThat(html(new ReportModel("Local", ReportFixtures.MADE_AT, "1", List.of(), List.of(here))))
                .contains("No document, question or answer left it");
        assertThat(html(new ReportModel("Mixed", ReportFixtures.MADE_AT, "1", List.of(), List.of(here, elsewhere))))
                .contains("documents and questions were sent to server.example");
    }

    @Test
    void passagesOfPdfsAreShownWithoutTheLineEndsAndHyphensOfThePage() {
        String text = "Head\n\n\nThe licen-\nsee shall pay\nin full.";
        Span hyphen = new Span(text.indexOf("-\n"), text.indexOf("-\n") + 2);
        Document pdf = new Document(
                new DocumentId("1".repeat(64)),
                DocumentFormat.PDF,
                text,
                List.of(),
                LineLayout.of(text),
                List.of(new TypedSpan(hyphen, TypedSpan.Type.LINE_END_HYPHEN, "")),
                List.of());
        Span whole = new Span(0, text.length());
        ReportDocument document = new ReportDocument("a.pdf", pdf);

        assertThat(document.readableText(new Passage(pdf.id(), "a.pdf", whole, text, pdf.locate(whole))))
                .isEqualTo("Head\n\nThe licensee shall pay in full.");
    }

    @Test
    void deletedWordsOfAPassageAreShownAsDeleted() {
        String text = "The cap is USD 1 USD 2 a year.";
        int deleted = text.indexOf("USD 1");
        Document document = new Document(
                new DocumentId("2".repeat(64)),
                DocumentFormat.DOCX,
                text,
                List.of(),
                LineLayout.of(text),
                List.of(new TypedSpan(new Span(deleted, deleted + 6), TypedSpan.Type.DELETED_REVISION, "by A")),
                List.of());
        ReportDocument source = new ReportDocument("a.docx", document);
        Answer answer = ReportFixtures.answer(
                "What is the cap?",
                Answer.Outcome.ANSWERED,
                "USD 2 [1].",
                List.of(ReportFixtures.citation(1, source, new Span(0, text.length()), Verbatim.VERIFIED, Support.YES)),
                ReportFixtures.coverage(List.of(source)));

        assertThat(html(new ReportModel("Cap", ReportFixtures.MADE_AT, "1", List.of(source), List.of(answer))))
                .contains("The cap is <del title=\"Deleted by a tracked change\">USD 1 </del>USD 2 a year.");
        assertThat(source.readableText(answer.citations().getFirst().passage()))
                .isEqualTo("The cap is [deleted: USD 1] USD 2 a year.");
    }

    @Test
    void replacesCharactersThatHtmlForbids() {
        assertThat(HtmlReport.escape("a\u0000b\u000Bc\uD800d\uFFFEe\tf🏠")).isEqualTo("a�b�c�d�e\tf🏠");
    }

    @Test
    void needsNothingFromElsewhereAndForbidsIt() throws Exception {
        String html = html(ReportFixtures.matter(folder).model());

        assertThat(all(html, "(?:src|href)=\"([^#\"][^\"]*)\"")).isEmpty();
        assertThat(html).doesNotContain("@import", "url(", "style=\"", "<link");
        String style = all(html, "(?s)<style>(.*?)</style>").getFirst();
        String hash =
                Base64.getEncoder().encodeToString(JsonReport.sha256().digest(style.getBytes(StandardCharsets.UTF_8)));
        assertThat(html)
                .contains("content=\"default-src 'none'; style-src 'sha256-" + hash
                        + "'; base-uri 'none'; form-action 'none'\"");
    }

    private static String html(ReportModel model) {
        return new String(HtmlReport.write(model), StandardCharsets.UTF_8);
    }

    private static List<String> all(String html, String pattern) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(html);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
