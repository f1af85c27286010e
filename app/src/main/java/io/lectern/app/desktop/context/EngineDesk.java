package io.lectern.app.desktop.context;

import io.lectern.app.analysis.Answer;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;

/**
 * The engine of the window: opened when it is first needed, from the embedded model, a file or a server that the user chose,
 * and never fetched without having been asked for. Safe for use from many threads; all methods but the getters block.
 */
public final class EngineDesk implements AutoCloseable {
    /** Opens model files. */
    @FunctionalInterface
    public interface Opener {
        /** @param loading hears how much of the model is loaded, from 0 to 1 */
        Engine open(Path modelFile, DoubleConsumer loading);
    }

    private final ModelCache cache;
    private final EmbeddedModel embedded;
    private final Opener opener;
    private volatile Consumer<Engine> onOpened = opened -> {};
    private volatile DoubleConsumer onLoading = part -> {};
    private Path file;
    /** Null for a model on this machine. */
    private Supplier<Engine> server;

    private Engine engine;

    /**
     * @param file a model file; null for the embedded model
     * @param opener opens a model file
     */
    public EngineDesk(ModelCache cache, EmbeddedModel embedded, Path file, Opener opener) {
        this.cache = cache;
        this.embedded = embedded;
        this.file = file;
        this.opener = opener;
    }

    /** Uses a server instead of a model on this machine. */
    public synchronized EngineDesk withServer(Supplier<Engine> connector) {
        close();
        server = connector;
        return this;
    }

    /** The embedded model, to offer where there is none. */
    public EmbeddedModel embedded() {
        return embedded;
    }

    /** @param listener hears of each engine that is opened, on the thread that opened it */
    public void onOpened(Consumer<Engine> listener) {
        onOpened = listener;
    }

    /** @param listener hears how much of a model is loaded, and 1 when loading has ended, whichever way */
    public void onLoading(DoubleConsumer listener) {
        onLoading = listener;
    }

    /** Whether an engine could be opened without fetching anything. */
    public synchronized boolean isAvailable() {
        return engine != null || server != null || modelFile().isPresent();
    }

    /** What tells the model's tokenizer apart: the hash of its weights, as far as it is known before it is opened. */
    public synchronized String modelHash() {
        if (engine != null) {
            return engine.info().sha256();
        }
        return file == null && server == null ? embedded.sha256() : "";
    }

    /**
     * Whether the engine that is to be opened may be one that has answered before, so that what is known of that one can be
     * said of it: the embedded model has its weights' hash, a model folder its name. Of others nothing is known before.
     */
    public synchronized boolean isToOpen(Answer.Model model) {
        if (server != null) {
            return !model.local();
        }
        if (!model.local()) {
            return false;
        }
        return file == null
                ? model.sha256().equals(embedded.sha256())
                : !Files.isDirectory(file)
                        || model.name()
                                .equals(file.toAbsolutePath()
                                        .normalize()
                                        .getFileName()
                                        .toString());
    }

    /**
     * The engine, opened if it is not yet.
     *
     * @throws EngineException with {@link EngineException.Reason#MODEL_MISSING} if there is no model on this machine
     */
    public synchronized Engine engine() {
        if (engine == null && server != null) {
            engine = server.get();
            onOpened.accept(engine);
        }
        if (engine == null) {
            Path model = modelFile()
                    .orElseThrow(() -> new EngineException(
                            EngineException.Reason.MODEL_MISSING,
                            file == null
                                    ? "The model that answers is not on this machine yet."
                                    : "There is no model file at " + file
                                            + ". Choose another, or use the embedded model."));
            try {
                engine = opener.open(model, part -> onLoading.accept(Math.min(part, 0.999)));
            } finally {
                onLoading.accept(1);
            }
            onOpened.accept(engine);
        }
        return engine;
    }

    /** Fetches the embedded model; only to be called when the user has said so. */
    public void obtain(ModelCache.Listener listener, Cancellation cancellation) {
        cache.obtain(embedded, listener, cancellation);
        synchronized (this) {
            file = null;
            server = null;
        }
    }

    /** Uses another model file from now on. No question may be under way. */
    public synchronized void use(Path modelFile) {
        close();
        file = modelFile;
        server = null;
    }

    @Override
    public synchronized void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    private Optional<Path> modelFile() {
        return file == null ? cache.find(embedded) : Optional.of(file).filter(Files::exists);
    }
}
