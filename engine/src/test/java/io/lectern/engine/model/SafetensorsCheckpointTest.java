package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SafetensorsCheckpointTest {
    private static final double ALPHA = 3.5565588200778455;

    @Test
    void theFolderThatTransformersWroteIsReadWhole() {
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            ModelConfig config = checkpoint.config();
            assertThat(config.name()).isEqualTo("minimax-tiny");
            assertThat(config.architecture()).isEqualTo("minimax");
            assertThat(config.vocabulary()).isEqualTo(512);
            assertThat(config.contextLength()).isEqualTo(1 << 20);
            assertThat(config.tiedHead()).isFalse();
            assertThat(config.layers()).hasSize(8);
            Residual residual = new Residual(ALPHA, 1, true);
            assertThat(config.layers().getLast())
                    .isEqualTo(new LayerSpec(
                            new Softmax(4, 2, 32, new Rotary(32, Rotary.Pairing.HALVES, 1e7), false),
                            residual,
                            new MixtureOfExperts(4, 2, 96, Optional.empty()),
                            residual));
            Lightning second = (Lightning) config.layers().get(1).mixer();
            assertThat(second.slopes().get(2)).isEqualTo(Math.pow(2, -6) * (1 - 1 / 7.00001 + 1e-5), within(1e-12));
            assertThat(checkpoint.names())
                    .containsExactlyElementsOf(ExpectedTensors.of(config).keySet());
            // The first numbers of these tensors as Python's safetensors reads them.
            assertThat(checkpoint.tensor("output.weight").readRows(0, 1)[0]).isEqualTo(-0.107772566f);
            assertThat(checkpoint.tensor("blk.3.ffn_down.2.weight").readRows(5, 1)[7])
                    .isEqualTo(-0.00483080931f);
        }
    }
}
