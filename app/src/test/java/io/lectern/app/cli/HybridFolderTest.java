package io.lectern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
    private static final String CONFIG = """
            {"architectures": ["MiniMaxForCausalLM"], "model_type": "minimax", "block_size": 64, "head_dim": 16,
             "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.3, "intermediate_size": 48,
             "full_attn_alpha_factor": 3.5565588200778455, "full_attn_beta_factor": 1.0,
             "linear_attn_alpha_factor": 3.5565588200778455, "linear_attn_beta_factor": 1.0,
             "mlp_alpha_factor": 3.5565588200778455, "mlp_beta_factor": 1.0,
             "layer_types": ["linear_attention", "linear_attention", "full_attention"], "num_hidden_layers": 3,
             "max_position_embeddings": 16384, "num_attention_heads": 2, "num_key_value_heads": 1,
             "num_experts_per_tok": 2, "num_local_experts": 4, "rms_norm_eps": 1e-05,
             "rope_parameters": {"rope_theta": 10000000.0, "rope_type": "default"},
             "tie_word_embeddings": false, "vocab_size": 320}
            """;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path model;
    private Path matter;

    private int lectern(Object... arguments) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return LecternCommand.run(
                terminal, Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    }

    private String remarks() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private JsonNode ask(Object... more) throws IOException {
        List<Object> arguments = Stream.concat(
                        Stream.of("ask", "--matter", matter, "When does the lease end?", "--engine", model, "--json"),
                        Stream.of(more))
                .toList();
        assertThat(lectern(arguments.toArray())).as(remarks()).isEqualTo(ExitCode.DONE);
        return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void makeModelAndMatter() throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), CONFIG);
        model = folder.resolve("model");
        assertThat(lectern("engine", "random", config, model, "--dtype", "f32", "--seed", 7))
                .as(remarks())
                .isEqualTo(ExitCode.DONE);
        Path document = Files.writeString(folder.resolve("lease.txt"), "1. Term\nThe lease ends on 31 May 2031.\n");
        matter = folder.resolve("matter.lectern");
        assertThat(lectern("ingest", "--matter", matter, document)).isEqualTo(ExitCode.DONE);
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
        assertThat(remarks()).doesNotContain("not known to think");
    }

    @Test
    void aThinkingThatNeverEndsIsEnded() throws IOException {
        Path template = model.resolve("chat_template.jinja");
        String turns = Files.readString(template);
        int reply = turns.lastIndexOf("ai name=assistant\\n");
        Files.writeString(
                template, turns.substring(0, reply) + "ai name=assistant\\n<think>\\n" + turns.substring(reply + 19));
        JsonNode answer = ask("--thinking", 20, "--show-thinking");
        assertThat(answer.get("drafting").get("thinkingTokens").asInt()).isBetween(21, 20 + 32 + 20);
        assertThat(answer.get("drafting").get("answerTokens").asInt()).isPositive();
        assertThat(answer.get("thinking").asText()).doesNotContain("</think>");
        assertThat(answer.get("text").asText()).doesNotContain("<think>", "</think>");
        assertThat(answer.get("outcome").asText()).isIn("NOT_FOUND", "UNPROVED");
        assertThat(remarks()).contains("   | ");
    }
}
