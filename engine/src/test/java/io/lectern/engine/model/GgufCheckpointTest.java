package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lectern.engine.EngineException;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufCheckpointTest {
    @TempDir
    Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("tiny.gguf"), bytes);
    }

    private void refused(byte[] bytes, String... saying) throws IOException {
        Path file = write(bytes);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> {
                    try (GgufCheckpoint checkpoint = GgufCheckpoint.open(file)) {
                        ModelTokenizer.of(checkpoint).close();
                    }
                })
                .satisfies(e -> {
                    assertThat(e.reason()).isEqualTo(EngineException.Reason.MODEL_UNUSABLE);
                    assertThat(e.getMessage()).startsWith("tiny.gguf ").contains(saying);
                });
    }

    @Test
    void aSmallModelIsReadWhole() throws IOException {
        try (GgufCheckpoint checkpoint =
                GgufCheckpoint.open(write(TinyModels.llama().bytes()))) {
            ModelConfig config = checkpoint.config();
            assertThat(config.name()).isEqualTo("Tiny");
            assertThat(config.architecture()).isEqualTo("llama");
            assertThat(config.vocabulary()).isEqualTo(259);
            assertThat(config.contextLength()).isEqualTo(128);
            assertThat(config.tiedHead()).isTrue();
            assertThat(config.layers())
                    .containsExactly(new LayerSpec(
                            new Softmax(4, 2, 8, new Rotary(8, Rotary.Pairing.INTERLEAVED, 10_000), false),
                            new Dense(64)));
            assertThat(config.rememberedPerToken()).isEqualTo(2 * 2 * 8);
            TensorData embedding = checkpoint.tensor("token_embd.weight");
            assertThat(embedding.shape()).containsExactly(259, 32);
            assertThat(embedding.readRows(258, 1)).containsOnly(0.5f).hasSize(32);
            assertThat(checkpoint.tensor("blk.0.attn_k.weight").shape()).containsExactly(16, 32);
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> checkpoint.tensor("blk.1.attn_k.weight"))
                    .withMessageContaining("blk.1.attn_k.weight");
        }
    }

    @Test
    void theTestModelIsWhatItsMakersSay() {
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(TestModels.smolLm2())) {
            assertThat(checkpoint.config().layers()).hasSize(30);
            assertThat(checkpoint.config().hidden()).isEqualTo(576);
            assertThat(checkpoint.config().tiedHead()).isTrue();
            assertThat(checkpoint.quantization()).isEqualTo("Q4_1");
            assertThat(checkpoint.parameters()).isEqualTo(134_515_008L);
            assertThat(checkpoint.config().layers().getFirst().mixer())
                    .isEqualTo(new Softmax(9, 3, 64, new Rotary(64, Rotary.Pairing.INTERLEAVED, 100_000), false));
        }
    }

    @Test
    void theDefaultModelIsWhatItsMakersSay() {
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(TestModels.qwen())) {
            assertThat(checkpoint.config().layers()).hasSize(28);
            assertThat(checkpoint.config().tiedHead()).isFalse();
            assertThat(checkpoint.quantization()).isEqualTo("Q4_K_M");
            assertThat(checkpoint.config().contextLength()).isEqualTo(32_768);
            assertThat(checkpoint.config().layers().getFirst().mixer())
                    .isEqualTo(new Softmax(12, 2, 128, new Rotary(128, Rotary.Pairing.HALVES, 1_000_000), true));
        }
    }

    @Test
    void otherFilesAreNamedForWhatTheyAre() throws IOException {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> GgufCheckpoint.open(folder.resolve("none.gguf")))
                .withMessage("none.gguf does not exist");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> GgufCheckpoint.open(folder))
                .withMessageContaining("is not a file");
        refused(new byte[10], "too short");
        refused("PK\3\4 a zip file, much longer than a head".getBytes(), "is not a GGUF file");
        refused(TinyModels.llama().patchedAt(4, (byte) 1), "version 1", "2 and 3");
        refused(TinyModels.llama().patchedAt(4, (byte) 0, (byte) 0, (byte) 0, (byte) 3), "big-endian");
        refused(TinyModels.llama().put("split.count", 3).bytes(), "several files");
    }

    @Test
    void whatIsDamagedOrIncompleteIsRefused() throws IOException {
        byte[] whole = TinyModels.llama().bytes();
        refused(Arrays.copyOf(whole, whole.length - 64), "incomplete", "output_norm.weight", "fetch the file again");
        refused(Arrays.copyOf(whole, 200), "incomplete");
        // A number of tensors that no file of this size can hold.
        refused(TinyModels.llama().patchedAt(8, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1), "tensors");
        refused(TinyModels.llama().patchedAt(23, (byte) 0x80), "metadata entries");
        refused(
                TinyModels.llama()
                        .tensor("output_norm.weight", 99, new byte[64], 32)
                        .bytes(),
                "output_norm.weight",
                "ggml type 99",
                "Q4_K");
        refused(
                TinyModels.llama()
                        .tensor("output_norm.weight", 2, new byte[18], 31)
                        .bytes(),
                "not whole blocks of Q4_0");
        refused(TinyModels.llama().put("general.alignment", 33).bytes(), "alignment is 33");
    }

    @Test
    void whatIsNotSupportedIsRefusedByName() throws IOException {
        refused(TinyModels.llama().put("general.architecture", "mamba").bytes(), "\"mamba\"", "llama, qwen2");
        refused(TinyModels.llama().put("llama.rope.scaling.type", "yarn").bytes(), "scales", "yarn");
        refused(TinyModels.llama().put("llama.rope.scale_linear", 2f).bytes(), "scales");
        refused(TinyModels.llama().put("llama.expert_count", 8).bytes(), "mixture of experts");
        refused(TinyModels.llama().put("llama.attention.sliding_window", 64).bytes(), "sliding window");
        refused(TinyModels.llama().put("tokenizer.ggml.model", "llama").bytes(), "\"llama\"", "BPE");
        refused(TinyModels.llama().put("tokenizer.ggml.pre", "viking").bytes(), "\"viking\"", "qwen2");
    }

    @Test
    void everyTensorIsAccountedFor() throws IOException {
        refused(TinyModels.llama().without("blk.0.ffn_up.weight").bytes(), "lacks the tensor blk.0.ffn_up.weight");
        refused(TinyModels.llama().without("token_embd.weight").bytes(), "lacks the tensor token_embd.weight");
        refused(
                TinyModels.llama().tensor("blk.0.attn_q_norm.weight", 1, 8).bytes(),
                "blk.0.attn_q_norm.weight",
                "does not have");
        refused(
                TinyModels.llama().tensor("blk.0.ffn_up.weight", 1, 63, 32).bytes(),
                "blk.0.ffn_up.weight",
                "[63, 32]",
                "[64, 32]");
        refused(TinyModels.llama().tensor("blk.0.attn_q.bias", 1, 32).bytes(), "lacks the tensor blk.0.attn_k.bias");
    }

    @Test
    void metadataThatCannotBeAreRefused() throws IOException {
        refused(TinyModels.llama().without("llama.embedding_length").bytes(), "lacks the metadata", "embedding_length");
        refused(TinyModels.llama().put("llama.attention.head_count", 0).bytes(), "head_count is 0");
        refused(TinyModels.llama().put("llama.attention.head_count_kv", 3).bytes(), "cannot share");
        refused(TinyModels.llama().put("llama.block_count", 1_000_000).bytes(), "1000000 layers");
        refused(TinyModels.llama().put("llama.block_count", "one").bytes(), "block_count is not an integer");
        refused(TinyModels.llama().put("llama.rope.dimension_count", 7).bytes(), "rotary dimensions");
        refused(
                TinyModels.llama()
                        .put("tokenizer.ggml.token_type", List.of(1, 2))
                        .bytes(),
                "kinds for 2");
        refused(TinyModels.llama().put("tokenizer.ggml.merges", List.of("x yz")).bytes(), "cannot be used");
    }
}
