package io.lectern.app.desktop.task;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blocking work on virtual threads, its results on the thread that paints. */
public final class Background implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("desktop-", 0).factory());
    private final Executor painter;

    /** @param painter runs what touches the window, on the JavaFX thread */
    public Background(Executor painter) {
        this.painter = painter;
    }

    /**
     * Does work and hands on what came of it.
     *
     * @param work blocking; on a virtual thread
     * @param onDone hears the result, on the JavaFX thread
     * @param onFailure hears why there is none, on the JavaFX thread
     */
    public <T> void run(Callable<T> work, Consumer<? super T> onDone, Consumer<? super Throwable> onFailure) {
        workers.execute(() -> {
            T result;
            try {
                result = work.call();
            } catch (Throwable failure) { // an Error, too, must reach the user instead of a thread's end
                LOG.debug(
                        "work in the background failed: {}", failure.getClass().getName());
                painter.execute(() -> onFailure.accept(failure));
                return;
            }
            painter.execute(() -> onDone.accept(result));
        });
    }

    /** Does work that nobody waits for. */
    public void run(Runnable work, Consumer<? super Throwable> onFailure) {
        run(
                () -> {
                    work.run();
                    return null;
                },
                nothing -> {},
                onFailure);
    }

    /** Runs something on the JavaFX thread. */
    public void paint(Runnable change) {
        painter.execute(change);
    }

    /** Interrupts what still works and takes nothing more. */
    @Override
    public void close() {
        workers.shutdownNow();
    }
}
