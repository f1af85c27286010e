package io.lectern.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.app.report.Verification.Kind;
import io.lectern.app.report.Verification.Problem;
import io.lectern.ingest.extract.DocumentReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportVerifierTest {
    private static final String QUOTATION = "/answers/0/citations/0/quotation";

    @TempDir
    private Path folder;

    private final ReportVerifier verifier = new ReportVerifier(new DocumentReader()::read);
    private Path sources;
    private Path report;
    private byte[] written;

    @BeforeEach
    void exportReport() throws IOException {
        sources = Files.createDirectory(folder.resolve("sources"));
        ReportFixtures.Matter matter = ReportFixtures.matter(sources);
        report = folder.resolve("report.json");
        new ReportExport().export(matter.model(), matter.files(), report);
        written = Files.readAllBytes(report);
    }

    @Test
    void passesOnAnUnchangedReportHoweverTheSourcesAreCalled() throws IOException {
        Files.createDirectories(sources.resolve("deep/er"));
        Files.move(sources.resolve("lease.txt"), sources.resolve("deep/er/renamed.dat"));

        Verification verification = verifier.verify(report, List.of(sources));

        assertThat(verification.problems()).isEmpty();
        assertThat(verification.quotations()).isEqualTo(3);
        assertThat(verification.verified()).isEqualTo(3);
    }

    @Test
    void namesTheQuotationInWhichOneCharacterIsChanged() throws IOException {
        String changed = new String(written, StandardCharsets.UTF_8)
                .replace("\"text\" : \"may not sublet", "\"text\" : \"may now sublet");
        Files.writeString(report, changed);

        Verification verification = verifier.verify(report, List.of(sources));

        assertThat(verification.passed()).isFalse();
        assertThat(verification.problems())
                .extracting(Problem::kind)
                .containsExactly(Kind.CHANGED_REPORT, Kind.QUOTATION);
        Problem quotation = verification.problems().getLast();
        assertThat(quotation.answer()).isEqualTo(1);
        assertThat(quotation.citation()).isEqualTo(2);
        assertThat(quotation.document()).isEqualTo("lease.txt");
        assertThat(quotation.describe())
                .startsWith(
                        "answer 1, citation 2 (lease.txt): from character 7 of the quotation the report has “may now sublet");
    }

    @Test
    void findsAForgedQuotationUnderANewSeal() {
        assertThat(problemsAfter(root -> ((ObjectNode) root.at(QUOTATION)).put("text", "monthly rent of EUR 1,150.00")))
                .containsExactly(Kind.QUOTATION);
    }

    @Test
    void findsForgedOffsetsUnderANewSeal() {
        int start = tree().at(QUOTATION + "/start").intValue();
        assertThat(problemsAfter(root -> ((ObjectNode) root.at(QUOTATION)).put("start", start + 1)))
                .containsExactly(Kind.QUOTATION);
        assertThat(problemsAfter(root -> ((ObjectNode) root.at(QUOTATION)).put("end", 1_000_000)))
                .containsExactly(Kind.QUOTATION);
    }

    @Test
    void findsAForgedAddressUnderANewSeal() {
        assertThat(problemsAfter(
                        root -> ((ObjectNode) root.at("/answers/0/citations/0/locator")).put("startColumn", 2)))
                .containsExactly(Kind.LOCATOR);
        assertThat(problemsAfter(
                        root -> ((ObjectNode) root.at("/answers/0/citations/0/locator")).put("label", "line 9")))
                .containsExactly(Kind.LOCATOR);
    }

    @Test
    void findsForgedHashesUnderANewSeal() {
        String other = "0".repeat(64);
        assertThat(problemsAfter(root -> ((ObjectNode) root.at("/documents/1")).put("sha256", other)))
                .contains(Kind.MISSING_SOURCE);
        assertThat(problemsAfter(root -> ((ObjectNode) root.at("/answers/1/citations/0")).put("documentSha256", other)))
                .containsExactly(Kind.MISSING_SOURCE);
        assertThat(problemsAfter(
                        root -> ((ObjectNode) root.at("/answers/0/coverage/documents/2")).put("sha256", other)))
                .containsExactly(Kind.CHANGED_REPORT);
    }

    @Test
    void findsAQuotationWhoseWordsAreMarkedAsNotFound() {
        assertThat(problemsAfter(root -> ((ObjectNode) root.at("/answers/0/citations/0")).put("verbatim", "NOT_FOUND")))
                .containsExactly(Kind.QUOTATION);
    }

    @Test
    void namesAChangedSourceAndEachQuotationThatRestsOnIt() throws IOException {
        Files.writeString(sources.resolve("lease.txt"), ReportFixtures.LEASE + "3. Amended.\n");

        List<Problem> problems = verifier.verify(report, List.of(sources)).problems();

        assertThat(problems)
                .extracting(Problem::kind)
                .containsExactly(Kind.CHANGED_SOURCE, Kind.QUOTATION, Kind.QUOTATION);
        assertThat(problems.getFirst().message()).contains("was changed since the report was made");
    }

    @Test
    void namesAMissingSource() throws IOException {
        Files.delete(sources.resolve("notice.txt"));

        List<Problem> problems = verifier.verify(report, List.of(sources)).problems();

        assertThat(problems).extracting(Problem::kind).containsExactly(Kind.MISSING_SOURCE, Kind.QUOTATION);
        assertThat(problems.getFirst().document()).isEqualTo("notice.txt");
    }

    @Test
    void onlyNotesAMissingSourceFromWhichNothingIsQuoted() throws IOException {
        Files.delete(sources.resolve("uncited.txt"));

        Verification verification = verifier.verify(report, List.of(sources));

        assertThat(verification.passed()).isTrue();
        assertThat(verification.notes()).singleElement().asString().contains("uncited.txt");
    }

    @Test
    void saysClearlyWhatIsNotAReport() throws IOException {
        assertRefused("{\"format\": \"lectern-report\"", "not well-formed JSON");
        assertRefused("[1, 2]", "not a Lectern report");
        assertRefused("", "not a Lectern report");
        assertRefused("{\"format\": \"lectern-report\", \"schemaVersion\": 9}", "schema version 9");
        assertRefused(
                "{\"format\": \"lectern-report\", \"schemaVersion\": 1, \"offsetUnit\": \"unicode-code-point\"}",
                "contentSha256");
        assertThatThrownBy(() -> verifier.verify(folder.resolve("absent.json"), List.of(sources)))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("cannot read");
        Files.write(report, written);
        assertThatThrownBy(() -> verifier.verify(report, List.of(folder.resolve("nowhere"))))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("does not exist");
    }

    private void assertRefused(String content, String reason) throws IOException {
        Files.writeString(report, content);
        assertThatThrownBy(() -> verifier.verify(report, List.of(sources)))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining(reason);
    }

    /** The problems found after a forger has changed the report and sealed it anew. */
    private List<Kind> problemsAfter(Consumer<JsonNode> forgery) {
        ObjectNode root = tree();
        assertThat(root.at(JsonPointer.compile(QUOTATION)).isMissingNode()).isFalse();
        forgery.accept(root);
        root.put(JsonReport.SEAL, JsonReport.seal(root));
        try {
            Files.write(report, JsonReport.MAPPER.writeValueAsBytes(root));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return verifier.verify(report, List.of(sources)).problems().stream()
                .map(Problem::kind)
                .toList();
    }

    private ObjectNode tree() {
        try {
            return (ObjectNode) JsonReport.MAPPER.readTree(written);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
