package io.lectern.engine;

import java.util.function.DoubleConsumer;

/**
 * How to run a model on this machine.
 *
 * @param threads that compute, at least 1
 * @param contextWindow most tokens that a context may hold; 0 for what the model was made for, which is also the limit
 * @param loading hears how much of the model is loaded, from 0 to 1
 */
public record EngineOptions(int threads, int contextWindow, DoubleConsumer loading) {
    public EngineOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        if (contextWindow < 0) {
            throw new IllegalArgumentException("contextWindow cannot be " + contextWindow);
        }
    }

    /** All processors, the model's whole window, and nobody listening. */
    public static EngineOptions standard() {
        return new EngineOptions(Runtime.getRuntime().availableProcessors(), 0, part -> {});
    }

    /** The same with so many threads. */
    public EngineOptions withThreads(int number) {
        return new EngineOptions(number, contextWindow, loading);
    }

    /** The same with somebody listening. */
    public EngineOptions withLoading(DoubleConsumer listener) {
        return new EngineOptions(threads, contextWindow, listener);
    }
}
