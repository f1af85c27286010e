package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lectern.engine.EngineException;
import io.lectern.engine.model.LayerSpec.Lightning;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small hybrid model as llama.cpp's architecture minimax-01 has it. */
class GgufMiniMaxTest {
    @TempDir
    Path folder;

    /** The model in its folder, written as a GGUF file with all experts of a layer in one tensor. */
    private static GgufWriter written(SafetensorsCheckpoint source) {
        GgufWriter writer = new GgufWriter()
                .put("general.architecture", "minimax-01")
                .put("minimax-01.block_count", 8)
                .put("minimax-01.context_length", 1 << 20)
                .put("minimax-01.embedding_length", 64)
                .put("minimax-01.feed_forward_length", 96)
                .put("minimax-01.attention.head_count", 4)
                .put("minimax-01.attention.head_count_kv", 2)
                .put("minimax-01.attention.key_length", 32)
                .put("minimax-01.attention.value_length", 32)
                .put("minimax-01.rope.dimension_count", 32)
                .put("minimax-01.rope.freq_base", 1e7f)
                .put("minimax-01.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("minimax-01.expert_count", 4)
                .put("minimax-01.expert_used_count", 2)
                .put("minimax-01.residual_scale", 3.5565588f)
                .put("minimax-01.full_attention_interval", 8)
                .put("tokenizer.ggml.model", "no_vocab");
        for (String name : source.names()) {
            if (!name.matches(".*ffn_(gate|up|down)\\.\\d+\\.weight")) {
                TensorData tensor = source.tensor(name);
                writer.tensor(name, 0, bytes(tensor), tensor.shape());
            }
        }
        for (int layer = 0; layer < 8; layer++) {
            for (String part : List.of("ffn_gate", "ffn_up", "ffn_down")) {
                List<TensorData> experts = new ArrayList<>();
                for (int expert = 0; expert < 4; expert++) {
                    experts.add(source.tensor("blk." + layer + "." + part + "." + expert + ".weight"));
                }
                long[] shape = experts.getFirst().shape();
                ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(4 * 4 * shape[0] * shape[1]));
                experts.forEach(expert -> all.put(bytes(expert)));
                writer.tensor("blk." + layer + "." + part + "_exps.weight", 0, all.array(), 4, shape[0], shape[1]);
            }
        }
        return writer;
    }

    private static byte[] bytes(TensorData tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void expertsAreShownApartAndEverythingIsWhatTheFolderHas() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            Path file = Files.write(folder.resolve("tiny.gguf"), written(source).bytes());
            try (GgufCheckpoint checkpoint = GgufCheckpoint.open(file)) {
                assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(source.names());
                for (String name : source.names()) {
                    TensorData tensor = checkpoint.tensor(name);
                    assertThat(tensor.shape())
                            .as(name)
                            .isEqualTo(source.tensor(name).shape());
                    assertThat(tensor.readAll())
                            .as(name)
                            .isEqualTo(source.tensor(name).readAll());
                }
                LayerSpec last = checkpoint.config().layers().getLast();
                LayerSpec asInFolder = source.config().layers().getLast();
                assertThat(last.mixer()).isEqualTo(asInFolder.mixer());
                assertThat(last.feedForward()).isEqualTo(asInFolder.feedForward());
                assertThat(last.mixerResidual().ofNormed()).isTrue();
                assertThat(last.mixerResidual().alpha()).isEqualTo((double) 3.5565588f);
                assertThat(checkpoint.config().layers())
                        .filteredOn(layer -> layer.mixer() instanceof Lightning)
                        .hasSize(7);
                // The offset in the file is the expert's own, as a decoder that maps the file itself needs it.
                TensorData expert = checkpoint.tensor("blk.5.ffn_down.3.weight");
                byte[] whole = Files.readAllBytes(file);
                assertThat(ByteBuffer.wrap(whole, (int) expert.offset(), 16))
                        .isEqualTo(ByteBuffer.wrap(bytes(expert), 0, 16));
                assertThatExceptionOfType(EngineException.class)
                        .isThrownBy(() -> ModelTokenizer.of(checkpoint))
                        .withMessageStartingWith("tiny.gguf has no tokenizer");
            }
        }
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            refused(written(source).without("blk.3.ffn_up_exps.weight"), "lacks the tensor blk.3.ffn_up.0.weight");
            refused(written(source).put("minimax-01.expert_used_count", 5), "5 of 4 experts");
            refused(written(source).put("minimax-01.expert_count", 1 << 30), "experts in 8 layers");
            refused(written(source).put("minimax-01.full_attention_interval", 4), "blk.3.attn_q.weight");
            refused(written(source).put("minimax-01.attention.recurrent_layers", List.of(1, 1)), "kinds for 2");
            refused(written(source).without("minimax-01.residual_scale"), "residual_scale");
        }
    }

    private void refused(GgufWriter writer, String saying) throws IOException {
        Path file = Files.write(folder.resolve("tiny.gguf"), writer.bytes());
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> GgufCheckpoint.open(file).close())
                .withMessageStartingWith("tiny.gguf ")
                .withMessageContaining(saying)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(EngineException.Reason.MODEL_UNUSABLE));
    }
}
