package io.lectern.engine.local;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The one thread on which a model computes: contexts take turns on it. */
final class EngineThread implements AutoCloseable {
    private volatile Thread thread;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
        thread = Thread.ofPlatform().daemon().name("lectern-engine").unstarted(work);
        return thread;
    });

    /**
     * Does something on the thread and waits for it. An interrupt does not end the waiting, since native work cannot be
     * abandoned half-way; it is kept for the caller. To call work off, use its cancellation.
     */
    <T> T call(Supplier<T> work) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a listener cannot use the engine that calls it");
        }
        Future<T> future;
        try {
            future = executor.submit(work::get);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("this engine is closed", e);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unwrapped(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unwrapped(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }

    /** Waits for what is under way, and ends the thread: the process must not end within native code. */
    @Override
    public void close() {
        executor.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (executor.awaitTermination(1, TimeUnit.DAYS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
