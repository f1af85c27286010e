package io.lectern.engine.embedded;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real models for tests: a test that needs one is skipped, with the reason, where it cannot be had. */
public final class TestModels {
    private TestModels() {}

    /** SmolLM2-135M, fetched into the user's model folder if it is not there. */
    public static Path smolLm2() {
        try {
            return ModelCache.ofUser()
                    .obtain(EmbeddedModel.SMOLLM2_135M, (done, total, what) -> {}, new Cancellation());
        } catch (EngineException e) {
            return Assumptions.abort("SmolLM2-135M is not to be had: " + e.getMessage());
        }
    }

    /** The default model, only if it is there already: it is too big to fetch for a test. */
    public static Path qwen() {
        return ModelCache.ofUser()
                .find(EmbeddedModel.QWEN_2_5_CODER_1_5B)
                .orElseGet(() ->
                        Assumptions.abort("Qwen2.5-Coder-1.5B is not in the model folder; ./lectern demo fetches it"));
    }
}
