package io.lectern.engine;

import io.lectern.engine.local.LocalEngine;
import io.lectern.engine.local.LocalModels;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens engines: the only place outside an implementation that knows one. */
public final class Engines {
    private Engines() {}

    /**
     * Loads a model to run in this process.
     *
     * @param model a GGUF file
     * @throws EngineException with MODEL_UNUSABLE and the reason if it cannot be used
     */
    public static Engine open(Path model, EngineOptions options) {
        refuseFolder(model);
        return LocalEngine.open(model, options);
    }

    /**
     * Describes a model file without loading it.
     *
     * @throws EngineException with MODEL_UNUSABLE and the reason if it cannot be used
     */
    public static ModelDescription describe(Path model) {
        refuseFolder(model);
        return LocalModels.describe(model);
    }

    /**
     * The tokenizer of a model file, to count with, without loading the model. It lives as long as the process.
     *
     * @throws EngineException with MODEL_UNUSABLE and the reason if it cannot be used
     */
    public static Tokenizer tokenizer(Path model) {
        refuseFolder(model);
        return LocalModels.tokenizer(model);
    }

    private static void refuseFolder(Path model) {
        if (Files.isDirectory(model)) {
            throw new EngineException(
                    EngineException.Reason.MODEL_UNUSABLE,
                    model + " is a folder; models are opened from a single .gguf file (architectures llama and qwen2)."
                            + " Folders of safetensors files are not supported yet.");
        }
    }
}
