package io.lectern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lectern.app.HybridFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Questions to a model folder with MiniMax-M1's layers, chat template and markers, and weights made by chance: whatever it
 * writes is nonsense, and is shown as what it is.
 */
class HybridFolderTest {
    @TempDir
    Path folder;

    private final Lectern lectern = new Lectern();
    private Path model;
    private Path matter;

    private JsonNode ask(Object... more) throws IOException {
        List<Object> arguments = Stream.concat(
                        Stream.of("ask", "--matter", matter, "When does the lease end?", "--engine", model, "--json"),
                        Stream.of(more))
                .toList();
        assertThat(lectern.run(arguments.toArray())).as(lectern.remarks()).isEqualTo(ExitCode.DONE);
        return new ObjectMapper().readTree(lectern.output());
    }

    @BeforeEach
    void makeModelAndMatter() throws IOException {
        model = HybridFolder.write(folder);
        Path document = Files.writeString(folder.resolve("lease.txt"), "1. Term\nThe lease ends on 31 May 2031.\n");
        matter = folder.resolve("matter.lectern");
        assertThat(lectern.run("ingest", "--matter", matter, document)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void nonsenseIsNoAnswerAndNoError() throws IOException {
        JsonNode answer = ask("--thinking", "none");
        assertThat(answer.get("outcome").asText()).isIn("NOT_FOUND", "UNPROVED");
        assertThat(answer.get("citations")).isEmpty();
        assertThat(answer.get("coverage").get("summary").asText()).startsWith("1 of 1 document");
        assertThat(answer.get("drafting").get("answerTokens").asInt()).isPositive();
        // The empty thinking that the engine wrote in the model's place.
        assertThat(answer.get("drafting").get("thinkingTokens").asInt()).isPositive();
        assertThat(lectern.remarks()).doesNotContain("not known to think");
    }

    @Test
    void aThinkingThatNeverEndsIsEnded() throws IOException {
        HybridFolder.beginThinking(model);
        JsonNode answer = ask("--thinking", 20, "--show-thinking");
        assertThat(answer.get("drafting").get("thinkingTokens").asInt()).isBetween(21, 20 + 32 + 20);
        assertThat(answer.get("drafting").get("answerTokens").asInt()).isPositive();
        assertThat(answer.get("thinking").asText()).doesNotContain("</think>");
        assertThat(answer.get("text").asText()).doesNotContain("<think>", "</think>");
        assertThat(answer.get("outcome").asText()).isIn("NOT_FOUND", "UNPROVED");
        assertThat(lectern.remarks()).contains("   | ");
    }
}
