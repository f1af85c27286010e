package io.lectern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a script meets them: exit codes, what is on which stream, and what bad input says. */
class CommandLineTest {
    @TempDir
    Path folder;

    private final Lectern lectern = new Lectern();
    private Path contracts;

    @BeforeEach
    void makeContracts() throws IOException {
        contracts = Files.createDirectory(folder.resolve("contracts"));
        Files.writeString(contracts.resolve("lease.txt"), "1. Term\nThe lease ends on 31 May 2031. 𝄞 Sealed.\n");
        Files.write(contracts.resolve("empty.pdf"), new byte[0]);
    }

    @Test
    void withoutACommandTheUsageIsShown() {
        assertThat(lectern.run()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.output()).contains("demo", "ingest", "ask", "verify", "doctor");
    }

    @Test
    void aMistypedCommandIsWrongUseAndSaysWhatWasMeant() {
        assertThat(lectern.run("verfy")).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("verfy").contains("lectern verify");
        assertThat(lectern.output()).isEmpty();
    }

    @Test
    void textAsJsonCountsCodePoints() {
        assertThat(lectern.run("text", contracts.resolve("lease.txt"), "--json"))
                .isEqualTo(ExitCode.DONE);
        JsonNode json = lectern.jsonLines().getFirst();
        assertThat(json.path("format").asText()).isEqualTo("TEXT");
        assertThat(json.path("offsetUnit").asText()).isEqualTo("unicode-code-point");
        assertThat(json.path("text").asText()).contains("31 May 2031");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThat(lectern.run("text", folder.resolve("nowhere.pdf"))).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("nowhere.pdf does not exist").doesNotContain("Exception");
    }

    @Test
    void ingestSaysWhatCouldNotBeReadAndGoesOn() {
        Path matter = folder.resolve("m.lectern");
        assertThat(lectern.run("ingest", "--matter", matter, contracts, "--json"))
                .isEqualTo(ExitCode.FINDINGS);
        assertThat(lectern.jsonLines())
                .extracting(line -> line.path("name").asText())
                .containsExactlyInAnyOrder("lease.txt", "empty.pdf");
        JsonNode empty = lectern.jsonLines().stream()
                .filter(line -> line.path("name").asText().equals("empty.pdf"))
                .findFirst()
                .orElseThrow();
        assertThat(empty.path("findings").get(0).path("kind").asText()).isEqualTo("EMPTY");
        assertThat(empty.path("status").asText()).isEqualTo("UNREADABLE");
    }

    @Test
    void ingestingAgainReadsNothingAgain() {
        Path matter = folder.resolve("m.lectern");
        lectern.run("ingest", "--matter", matter, contracts);
        lectern.run("ingest", "--matter", matter, contracts, "--json");
        assertThat(lectern.jsonLines())
                .extracting(line -> line.path("outcome").asText())
                .containsExactly("UNCHANGED", "UNCHANGED");
    }

    @Test
    void aQuestionToAMatterThatIsNotThereMakesNone() {
        Path matter = folder.resolve("mistyped.lectern");
        assertThat(lectern.run("ask", "--matter", matter, "When does the lease end?"))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("There is no matter").contains("lectern ingest");
        assertThat(matter).doesNotExist();
    }

    @Test
    void aQuestionWithoutAnyChosenDocumentIsRefused() {
        Path matter = folder.resolve("m.lectern");
        lectern.run("ingest", "--matter", matter, contracts);
        assertThat(lectern.run("ask", "--matter", matter, "When?", "--documents", "*.docx"))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("*.docx");
        assertThat(lectern.run("ask", "--matter", matter, "When?", "--documents", "["))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.run("ask", "--matter", matter, " ")).isEqualTo(ExitCode.WRONG_USE);
    }

    @Test
    void aFileThatIsNoMatterIsRefusedAndLeftAsItIs() throws IOException {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "these are my notes");
        assertThat(lectern.run("ingest", "--matter", notes, contracts)).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("notes.txt").doesNotContain("SQLITE");
        assertThat(notes).hasContent("these are my notes");
    }

    @Test
    void anExportWithoutAnswersIsRefused() {
        Path matter = folder.resolve("m.lectern");
        lectern.run("ingest", "--matter", matter, contracts);
        assertThat(lectern.run("export", "--matter", matter, "--out", folder.resolve("report")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("no answers yet");
        assertThat(lectern.run("export", "--matter", matter, "--out", folder.resolve("report.xlsx")))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains(".pdf, .html or .json");
    }

    @Test
    void anEngineThatIsNotThereIsRefused() {
        Path matter = folder.resolve("m.lectern");
        lectern.run("ingest", "--matter", matter, contracts);
        assertThat(lectern.run("ask", "--matter", matter, "When?", "--engine", folder.resolve("none.gguf")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("none.gguf");
        assertThat(lectern.run("ask", "--matter", matter, "When?", "--engine", contracts.resolve("lease.txt")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("lease.txt").doesNotContain("Exception");
        assertThat(lectern.run("ask", "--matter", matter, "When?", "--engine", "http://localhost:1"))
                .isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void aThinkingBudgetOrDeviceThatIsNoneIsWrongUse() {
        assertThat(lectern.run("ask", "--matter", folder.resolve("m"), "When?", "--thinking", "much"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("none, brief, standard, deep or a number of tokens");
        assertThat(lectern.run("demo", "--device", "gpu")).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("auto, cpu or cuda:N");
    }

    @Test
    void aForeignReportIsWrongUse() throws IOException {
        Path json = Files.writeString(folder.resolve("report.json"), "{\"a\":1}");
        assertThat(lectern.run("verify", json, "--sources", contracts)).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("not a Lectern report");
    }

    @Test
    void doctorNamesARemedyForEverythingThatIsMissing() {
        int exit = lectern.run("doctor", "--json");
        JsonNode json = lectern.jsonLines().getFirst();
        assertThat(exit).isEqualTo(json.path("good").asBoolean() ? ExitCode.DONE : ExitCode.FINDINGS);
        json.path("checks")
                .forEach(check -> assertThat(check.path("good").asBoolean()
                                || !check.path("remedy").asText().isEmpty())
                        .as(check.path("name").asText())
                        .isTrue());
    }

    @Test
    void measuringAModelNeedsSensibleNumbers() {
        Path model = contracts.resolve("lease.txt");
        assertThat(lectern.run("engine", "bench", "--model", model, "--decode", "0"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.run("engine", "bench", "--model", model, "--prompt-tokens", "512,0"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.run("engine", "bench", "--model", model, "--threads", "0"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.run("engine", "bench", "--model", model, "--dtype", "q5"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("q5").containsIgnoringCase("bf16");
        assertThat(lectern.run("engine", "bench", "--model", model, "--device", "gpu"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("gpu").contains("cuda:N");
        assertThat(lectern.run("engine", "bench", "--model", model)).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("lease.txt").doesNotContain("Exception");
    }

    @Test
    void comparingNeedsAReference() {
        Path model = contracts.resolve("lease.txt");
        assertThat(lectern.run("engine", "parity", "--model", model)).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("--golden");
        assertThat(lectern.run("engine", "parity", "--model", model, "--golden", folder.resolve("none.safetensors")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("none.safetensors").doesNotContain("Exception");
        assertThat(lectern.run("engine", "parity", "--model", model, "--golden", model))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("lease.txt").doesNotContain("Exception");
    }
}
