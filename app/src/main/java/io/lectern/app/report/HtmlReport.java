package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.PassagePieces;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The report as one HTML file that needs nothing else: no scripts, no pictures, no fonts, and a policy that forbids
 * them. Document text is hostile, so every value goes through {@link #escape}.
 */
final class HtmlReport {
    /** A number in brackets, by which an answer points to one of its citations. */
    private static final Pattern REFERENCE = Pattern.compile("\\[(\\d{1,4})]");

    private final ReportModel model;
    private final StringBuilder html = new StringBuilder(1 << 16);

    private HtmlReport(ReportModel model) {
        this.model = model;
    }

    static byte[] write(ReportModel model) {
        HtmlReport report = new HtmlReport(model);
        report.page();
        return report.html.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void page() {
        String style = style();
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
                .append(Base64.getEncoder()
                        .encodeToString(JsonReport.sha256().digest(style.getBytes(StandardCharsets.UTF_8))))
                .append("'; base-uri 'none'; form-action 'none'\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.append("<meta name=\"generator\" content=\"Lectern ")
                .append(escape(model.lecternVersion()))
                .append("\">\n");
        element("title", "", model.title());
        html.append("<style>").append(style).append("</style>\n</head>\n<body>\n");
        html.append("<a class=\"skip\" href=\"#answers\">Skip to the answers</a>\n");
        head();
        html.append("<main>\n");
        contents();
        html.append("<section id=\"answers\" aria-label=\"Questions and answers\">\n");
        for (int i = 0; i < model.answers().size(); i++) {
            answer(i + 1, model.answers().get(i));
        }
        html.append("</section>\n");
        legend();
        documents();
        provenance();
        html.append("</main>\n<footer>\n<p>Made by Lectern ")
                .append(escape(model.lecternVersion()))
                .append(
                        ". Quotations are copied from the sources; answers are written by a language model and are no legal advice.</p>\n")
                .append("</footer>\n</body>\n</html>\n");
    }

    private void head() {
        html.append("<header>\n<p class=\"kind\">Report on documents</p>\n");
        element("h1", "", model.title());
        html.append("<dl class=\"facts\">\n");
        fact("Made", ReportWords.date(model.madeAt()));
        fact(
                "Documents",
                ReportWords.count(model.documents().size(), "document") + ", "
                        + model.citedDocuments().size() + " quoted");
        fact("Model", model.models().stream().map(ReportWords::model).collect(Collectors.joining(", ")));
        html.append("</dl>\n");
        html.append("<p class=\"privacy\">")
                .append(escape(model.privacyStatement()))
                .append("</p>\n</header>\n");
    }

    private void contents() {
        if (model.answers().size() < 2) {
            return;
        }
        html.append(
                "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Questions</h2>\n<ol class=\"contents\">\n");
        for (int i = 0; i < model.answers().size(); i++) {
            Answer answer = model.answers().get(i);
            html.append("<li><a href=\"#answer-")
                    .append(i + 1)
                    .append("\" dir=\"auto\">")
                    .append(escape(answer.question()))
                    .append("</a> <span class=\"outcome ")
                    .append(className(answer.outcome()))
                    .append("\">")
                    .append(escape(ReportWords.label(answer.outcome())))
                    .append("</span></li>\n");
        }
        html.append("</ol>\n</nav>\n");
    }

    private void answer(int number, Answer answer) {
        html.append("<article id=\"answer-")
                .append(number)
                .append("\" aria-labelledby=\"question-")
                .append(number)
                .append("\">\n<p class=\"number\">Question ")
                .append(number)
                .append("</p>\n");
        element("h2", " id=\"question-" + number + "\" dir=\"auto\"", answer.question());
        html.append("<p class=\"status\"><span class=\"outcome ")
                .append(className(answer.outcome()))
                .append("\">")
                .append(escape(ReportWords.label(answer.outcome())))
                .append("</span> ")
                .append(escape(ReportWords.explanation(answer.outcome())))
                .append(" ")
                .append(escape(ReportWords.presence(answer.presence())))
                .append("</p>\n");
        if (!answer.text().isBlank()) {
            html.append("<div class=\"answer\" dir=\"auto\">\n");
            for (String paragraph : answer.text().strip().split("\\R\\s*\\R")) {
                html.append("<p>").append(linked(number, answer, paragraph)).append("</p>\n");
            }
            html.append("</div>\n");
        }
        if (!answer.citations().isEmpty()) {
            html.append("<h3>Passages</h3>\n<ol class=\"citations\">\n");
            for (Citation citation : answer.citations()) {
                citation(number, citation);
            }
            html.append("</ol>\n");
        }
        coverage(answer.coverage());
        html.append("<p class=\"made\">Answered ")
                .append(escape(ReportWords.date(answer.askedAt())))
                .append(String.format(Locale.ENGLISH, " in %.0f s by ", answer.seconds()))
                .append(escape(ReportWords.model(answer.model())))
                .append(" on ")
                .append(escape(answer.model().runsOn()))
                .append(".</p>\n</article>\n");
    }

    /** An answer's paragraph in which numbers in brackets lead to the citations of that number. */
    private static String linked(int number, Answer answer, String paragraph) {
        Set<Integer> numbers = answer.citations().stream().map(Citation::number).collect(Collectors.toSet());
        Matcher matcher = REFERENCE.matcher(escape(paragraph).replaceAll("\\R", "<br>"));
        return matcher.replaceAll(found -> numbers.contains(Integer.valueOf(found.group(1)))
                ? "<a class=\"reference\" href=\"#answer-%d-citation-%s\">[%s]</a>"
                        .formatted(number, found.group(1), found.group(1))
                : found.group());
    }

    private void citation(int answer, Citation citation) {
        html.append("<li id=\"answer-")
                .append(answer)
                .append("-citation-")
                .append(citation.number())
                .append("\" class=\"citation ")
                .append(className(citation.support()))
                .append("\">\n");
        html.append("<p class=\"source\"><span class=\"chip\">")
                .append(citation.number())
                .append("</span>");
        if (citation.isShown()) {
            Passage passage = citation.passage();
            html.append("<cite>")
                    .append(escape(passage.documentName()))
                    .append("</cite><span class=\"place\">")
                    .append(escape(passage.locator().label()))
                    .append("</span></p>\n");
            ReportDocument source = model.document(passage.documentId()).orElseThrow();
            boolean code = source.document().format() == DocumentFormat.CODE;
            html.append(code ? "<blockquote class=\"code\">" : "<blockquote dir=\"auto\">")
                    .append(source.readable(passage).stream()
                            .map(HtmlReport::markup)
                            .collect(Collectors.joining()))
                    .append("</blockquote>\n");
        } else {
            html.append("<span class=\"place\">No passage</span></p>\n");
        }
        html.append("<dl class=\"marks\"><div><dt>Words</dt><dd class=\"mark ")
                .append(className(citation.verbatim()))
                .append("\">")
                .append(escape(ReportWords.label(citation.verbatim())))
                .append("</dd></div><div><dt>Support</dt><dd class=\"mark ")
                .append(className(citation.support()))
                .append("\">")
                .append(escape(ReportWords.label(citation.support())))
                .append("</dd></div></dl>\n");
        if (!citation.claim().isBlank()) {
            html.append("<p class=\"claim\" dir=\"auto\"><span>Cited for:</span> ")
                    .append(escape(citation.claim()))
                    .append("</p>\n");
        }
        html.append("</li>\n");
    }

    private static String markup(PassagePieces.Piece piece) {
        String words = escape(piece.text());
        return switch (piece.kind()) {
            case LIVE -> words;
            case DELETED -> "<del title=\"Deleted by a tracked change\">" + words + "</del>";
            case HIDDEN -> "<span class=\"hidden\" title=\"Not seen in the document\">" + words + "</span>";
        };
    }

    private void coverage(Coverage coverage) {
        html.append("<details open>\n<summary>What was read: ")
                .append(escape(coverage.summary()))
                .append("</summary>\n");
        html.append(
                        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Coverage\"><table>\n<thead><tr><th scope=\"col\">Document</th><th scope=\"col\">Read</th>")
                .append(
                        "<th scope=\"col\" class=\"figure\">Pages</th><th scope=\"col\" class=\"figure\">Tokens</th></tr></thead>\n<tbody>\n");
        for (Coverage.Entry entry : coverage.documents()) {
            html.append("<tr><th scope=\"row\">")
                    .append(escape(entry.documentName()))
                    .append("</th><td>")
                    .append(entry.read() ? "whole" : escape("not read: " + entry.reason()))
                    .append("</td><td class=\"figure\">")
                    .append(entry.pages() == 0 ? "–" : figure(entry.pages()))
                    .append("</td><td class=\"figure\">")
                    .append(figure(entry.tokens()))
                    .append("</td></tr>\n");
        }
        html.append("</tbody>\n</table></div>\n</details>\n");
    }

    private void legend() {
        html.append("<section aria-labelledby=\"legend\">\n<h2 id=\"legend\">What the marks mean</h2>\n");
        html.append(
                        "<p>Two things are marked apart: whether the quoted <em>words</em> stand in the source, which Lectern checks ")
                .append("character by character, and whether they <em>support</em> the claim, which the model judges. ")
                .append(
                        "Words can be there and prove nothing.</p>\n<div class=\"legend\">\n<div><h3>Words</h3>\n<dl>\n");
        for (Verbatim verbatim : Verbatim.values()) {
            term(className(verbatim), ReportWords.label(verbatim), ReportWords.explanation(verbatim));
        }
        html.append("</dl></div>\n<div><h3>Support</h3>\n<dl>\n");
        for (Support support : Support.values()) {
            term(className(support), ReportWords.label(support), ReportWords.explanation(support));
        }
        html.append("</dl></div>\n</div>\n</section>\n");
    }

    private void documents() {
        html.append(
                "<section aria-labelledby=\"documents\">\n<h2 id=\"documents\">Documents</h2>\n<ol class=\"documents\">\n");
        for (ReportDocument document : model.documents()) {
            int pages = document.document().pages().size();
            html.append("<li><h3>")
                    .append(escape(document.name()))
                    .append("</h3>\n<p class=\"made\">")
                    .append(escape(document.document().format().label()))
                    .append(pages == 0 ? "" : ", " + ReportWords.count(pages, "page"))
                    .append(", ")
                    .append(ReportWords.count(document.characters(), "character"))
                    .append("<br>SHA-256 <code>")
                    .append(escape(document.id().sha256()))
                    .append("</code></p>\n");
            List<Finding> findings = document.document().findings();
            if (!findings.isEmpty()) {
                html.append("<ul class=\"findings\">\n");
                for (Finding finding : findings) {
                    html.append("<li><strong>")
                            .append(escape(capitalised(finding.severity().name())))
                            .append("</strong>")
                            .append(finding.page() > 0 ? ", page " + finding.page() : "")
                            .append(": ")
                            .append(escape(finding.message()))
                            .append(finding.remedy().isEmpty() ? "" : " " + escape(finding.remedy()))
                            .append("</li>\n");
                }
                html.append("</ul>\n");
            }
            html.append("</li>\n");
        }
        html.append("</ol>\n</section>\n");
    }

    private void provenance() {
        html.append(
                "<section aria-labelledby=\"provenance\">\n<h2 id=\"provenance\">How this report was made</h2>\n<dl class=\"facts\">\n");
        fact("Lectern", model.lecternVersion());
        fact("Made", ReportWords.date(model.madeAt()));
        for (Answer.Model answering : model.models()) {
            fact("Model", ReportWords.model(answering) + ", on " + answering.runsOn());
            if (!answering.sha256().isEmpty()) {
                html.append("<div><dt>Model SHA-256</dt><dd><code>")
                        .append(escape(answering.sha256()))
                        .append("</code></dd></div>\n");
            }
        }
        html.append("</dl>\n<p>")
                .append(escape(model.privacyStatement()))
                .append(
                        " Every quotation can be checked again without any model: <code>lectern verify report.json --sources FOLDER</code>.</p>\n</section>\n");
    }

    private void fact(String name, String value) {
        html.append("<div><dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd></div>\n");
    }

    private void term(String className, String label, String explanation) {
        html.append("<div><dt class=\"mark ")
                .append(className)
                .append("\">")
                .append(escape(label))
                .append("</dt><dd>")
                .append(escape(explanation))
                .append("</dd></div>\n");
    }

    private void element(String name, String attributes, String text) {
        html.append('<')
                .append(name)
                .append(attributes)
                .append('>')
                .append(escape(text))
                .append("</")
                .append(name)
                .append(">\n");
    }

    private static String figure(int number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    private static String className(Enum<?> mark) {
        return mark.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "-"
                + mark.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String capitalised(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }

    /** Text that cannot become markup; characters that HTML forbids become U+FFFD. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isForbidden(c) ? 0xFFFD : c);
            }
        });
        return escaped.toString();
    }

    private static boolean isForbidden(int c) {
        boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c >= 0x7F && c <= 0x9F;
        boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
        boolean noncharacter = (c & 0xFFFE) == 0xFFFE || c >= 0xFDD0 && c <= 0xFDEF;
        return control || surrogate || noncharacter;
    }

    private static String style() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
