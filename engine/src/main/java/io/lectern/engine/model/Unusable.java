package io.lectern.engine.model;

import io.lectern.engine.EngineException;
import java.nio.file.Path;

/** How a model that cannot be used is refused: by the name of its file, and what is wrong with it. */
final class Unusable {
    /** What is said of a model without tokenizer. */
    static final String NO_TOKENIZER = "has no tokenizer: it can be described and measured, but not talked with";

    private Unusable() {}

    static EngineException file(Path file, String what) {
        return new EngineException(EngineException.Reason.MODEL_UNUSABLE, file.getFileName() + " " + what);
    }

    static EngineException file(Path file, String what, Exception cause) {
        return new EngineException(
                EngineException.Reason.MODEL_UNUSABLE,
                file.getFileName() + " " + what + ": " + cause.getMessage(),
                cause);
    }
}
