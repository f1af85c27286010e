package io.lectern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that write model folders and describe them. */
class ModelFolderCommandsTest {
    /** Two layers in the original layout, with a shared expert. */
    private static final String CONFIG = """
            {"model_type": "minimax_m1", "hidden_act": "silu", "num_hidden_layers": 2, "attn_type_list": [0, 1],
             "hidden_size": 64, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32, "rotary_dim": 16,
             "rope_theta": 10000000, "rms_norm_eps": 1e-5, "intermediate_size": 64, "num_local_experts": 4,
             "num_experts_per_tok": 2, "shared_intermediate_size": 64, "shared_moe_mode": "sigmoid", "postnorm": true,
             "layernorm_full_attention_alpha": 3.5, "layernorm_linear_attention_alpha": 3.5, "layernorm_mlp_alpha": 3.5,
             "max_position_embeddings": 10240000, "vocab_size": 300}
            """;

    @TempDir
    Path folder;

    private final Lectern lectern = new Lectern();

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(lectern.output());
    }

    private Path config() throws IOException {
        return Files.writeString(folder.resolve("config.json"), CONFIG);
    }

    @Test
    void aRandomModelIsWrittenQuantisedAndDescribed() throws IOException {
        Path plain = folder.resolve("plain");
        assertThat(lectern.run("engine", "random", config(), plain, "--seed", 4))
                .isEqualTo(ExitCode.DONE);
        assertThat(lectern.output().strip()).isEqualTo(plain.toString());
        assertThat(lectern.run("engine", "info", plain, "--json", "--cache", "int8"))
                .isEqualTo(ExitCode.DONE);
        JsonNode before = json();
        assertThat(before.path("architecture").asText()).isEqualTo("minimax_m1");
        assertThat(before.path("layersByKind").properties()).hasSize(2);
        // Two layers of q, k, v, o or qkv, gate, out; router, shared expert, coefficient; of four experts two.
        long experts = 2L * 2 * 3 * 64 * 64;
        long attention = 64 * (3 * 64 + 64 + 64) + 64 * (64 + 32 + 32 + 64);
        long others = 2 * (4 * 64 + 3 * 64 * 64 + 64) + 5 * 64 + 64;
        assertThat(before.path("activeParameters").asLong()).isEqualTo(experts + attention + others);
        assertThat(before.path("parameters").asLong()).isEqualTo(2 * experts + attention + others + 2L * 300 * 64);
        assertThat(before.path("cache").asText()).isEqualTo("INT8");
        assertThat(before.path("longestContext").asLong()).isPositive();
        assertThat(before.path("contextFixedBytes").asLong()).isEqualTo(2 * 32 * 32 * 4);

        Path codes = folder.resolve("codes");
        assertThat(lectern.run("engine", "quantize", plain, codes, "--weights", "int4", "--group", 32))
                .isEqualTo(ExitCode.DONE);
        assertThat(lectern.run("engine", "info", codes)).isEqualTo(ExitCode.DONE);
        assertThat(lectern.output())
                .contains("INT4 in groups of 32", "2 of 4 experts and a shared one", "1,000,000 tokens", "GPU");
    }

    @Test
    void whatCannotBeDoneIsRefusedInOneLine() throws IOException {
        Path plain = folder.resolve("plain");
        lectern.run("engine", "random", config(), plain);
        assertThat(lectern.run("engine", "random", config(), plain)).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("plain is there already").doesNotContain("Exception");
        assertThat(lectern.run("engine", "quantize", plain, folder.resolve("codes"), "--weights", "int4"))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("choose another group");
        assertThat(lectern.run("engine", "quantize", plain, folder.resolve("codes"), "--weights", "int3"))
                .isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.run("engine", "quantize", plain, folder.resolve("codes"), "--weights", "int4", "--group", 0))
                .isEqualTo(ExitCode.WRONG_USE);
        Files.writeString(config(), CONFIG.replace("\"silu\"", "\"gelu\""));
        assertThat(lectern.run("engine", "random", folder.resolve("config.json"), folder.resolve("other")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("hidden_act = \"gelu\"");
    }

    @Test
    void nothingIsMeasuredOnADeviceThatIsNotThereOrWithinNoMemory() throws IOException {
        Path plain = folder.resolve("plain");
        lectern.run("engine", "random", config(), plain);
        assertThat(bench(plain, "--device", "cuda:7")).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("CUDA");
        assertThat(lectern.output()).isEmpty();
        assertThat(bench(plain, "--memory", "0GB")).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("nothing can be read within 0GB");
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedNotMeasured() throws IOException {
        Path plain = folder.resolve("plain");
        lectern.run("engine", "random", config(), plain);
        assertThat(bench(plain)).isEqualTo(ExitCode.DONE);
        Path weights = plain.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 2] = (byte) 0xc0; // the last number of the last matrix becomes the NaN of bfloat16
        bytes[bytes.length - 1] = 0x7f;
        Files.write(weights, bytes);
        assertThat(bench(plain)).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("plain", "not numbers").doesNotContain("Exception");
    }

    private int bench(Path model, Object... more) {
        Object[] usual = {
            "engine", "bench", "--model", model, "--prompt-tokens", 8, "--decode", 2, "--runs", 1, "--threads", 1
        };
        return lectern.run(Stream.concat(Stream.of(usual), Stream.of(more)).toArray());
    }
}
