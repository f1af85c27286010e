package io.lectern.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Passage;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportExportTest {
    @TempDir
    private Path folder;

    private final ReportExport export = new ReportExport();
    private ReportFixtures.Matter matter;

    @BeforeEach
    void makeMatter() throws IOException {
        matter = ReportFixtures.matter(Files.createDirectory(folder.resolve("sources")));
    }

    @Test
    void writesAFolderWithACopyOfEachCitedDocumentAndLeavesNothingElse() throws IOException {
        Path out = folder.resolve("deep/out");

        List<Path> files = export.export(matter.model(), matter.files(), out).files();

        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("lease.txt.annotated.pdf", "notice.txt.annotated.pdf", "report.html", "report.json");
        try (Stream<Path> written = Files.list(out)) {
            assertThat(written).containsExactlyInAnyOrderElementsOf(files);
        }
    }

    @Test
    void copiesOfDocumentsWithTheSameNameAreKeptApart() throws IOException {
        List<ReportDocument> renamed = matter.model().documents().stream()
                .map(document -> new ReportDocument("a/b:c/Contract?.PDF", document.document()))
                .toList();
        ReportModel model = new ReportModel(
                "Same names",
                ReportFixtures.MADE_AT,
                "0.1.0",
                renamed,
                matter.model().answers());

        assertThat(export.export(model, matter.files(), folder.resolve("out")).files())
                .extracting(file -> file.getFileName().toString())
                .startsWith("Contract_.annotated.pdf", "Contract_ (2).annotated.pdf");
    }

    @Test
    void offsetsInJsonCountCodePoints() throws IOException {
        Path report = folder.resolve("report.json");
        export.export(matter.model(), matter.files(), report);

        JsonNode root = JsonReport.MAPPER.readTree(report.toFile());

        assertThat(root.path("offsetUnit").asText()).isEqualTo("unicode-code-point");
        int[] codePoints = ReportFixtures.LEASE.codePoints().toArray();
        JsonNode quotation = root.at("/answers/0/citations/1/quotation");
        int start = quotation.path("start").intValue();
        int end = quotation.path("end").intValue();
        assertThat(new String(codePoints, start, end - start))
                .isEqualTo(quotation.path("text").asText())
                .contains("🏠");
        assertThat(root.at("/answers/0/citations/1/locator/endColumn").intValue())
                .isEqualTo("prior written consent".length() + 1);
        assertThat(root.at("/answers/0/citations/2").has("quotation")).isFalse();
    }

    @Test
    void whatIsNotLiveInAQuotationIsMarked() {
        String text = "𝄞 The cap is 1 2 million.";
        Document document = new Document(
                new DocumentId("a".repeat(64)),
                DocumentFormat.DOCX,
                text,
                List.of(),
                LineLayout.of(text),
                List.of(
                        new TypedSpan(new Span(0, 2), TypedSpan.Type.HIDDEN_TEXT, ""),
                        new TypedSpan(new Span(14, 17), TypedSpan.Type.DELETED_REVISION, "by A. Smith")),
                List.of());

        JsonNode quotation = AnswerJson.quotation(document, new Span(3, 16));

        assertThat(quotation.toString())
                .isEqualTo("{\"text\":\"The cap is 1 \",\"start\":2,\"end\":15,\"typedSpans\":"
                        + "[{\"type\":\"DELETED_REVISION\",\"start\":13,\"end\":15,\"note\":\"by A. Smith\"}]}");
    }

    @Test
    void refusesAnExtensionThatNoWriterKnows() {
        assertThatThrownBy(() -> export.export(matter.model(), matter.files(), folder.resolve("report.xlsx")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".xlsx")
                .hasMessageContaining(".pdf, .html or .json");
    }

    @Test
    void neverOverwritesASource() throws IOException {
        Path source = folder.resolve("sources/own.json");
        Files.writeString(source, "{}");
        Map<DocumentId, Path> sources = new HashMap<>(matter.files());
        sources.put(new DocumentId("0".repeat(64)), source);
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), source);

        for (Path out : List.of(source, link)) {
            assertThatThrownBy(() -> export.export(matter.model(), sources, out))
                    .isInstanceOf(ReportException.class)
                    .hasMessageContaining("is one of the sources");
        }
        assertThat(source).hasContent("{}");
    }

    @Test
    void aWriteThatFailsLeavesTheOldFileAndNoRemains() throws IOException {
        Path target = Files.writeString(folder.resolve("old.json"), "old");

        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("disk full");

        assertThat(target).hasContent("old");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
    }

    @Test
    void aModelCannotHoldAQuotationThatDoesNotStandInItsDocument() {
        Citation citation = matter.model().answers().getFirst().citations().getFirst();
        Passage passage = citation.passage();
        Passage invented = new Passage(
                passage.documentId(),
                passage.documentName(),
                passage.span(),
                "monthly rent of EUR 9,250.00",
                passage.locator());
        Citation bad = new Citation(1, "", "", citation.verbatim(), citation.support(), invented);

        assertThatThrownBy(() -> new ReportModel(
                        "Bad",
                        ReportFixtures.MADE_AT,
                        "0.1.0",
                        matter.model().documents(),
                        List.of(ReportFixtures.answer(
                                "?",
                                matter.model().answers().getFirst().outcome(),
                                "",
                                List.of(bad),
                                matter.model().answers().getFirst().coverage()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("citation 1 of answer 1");
    }
}
