package io.lectern.engine;

import java.util.function.DoubleConsumer;

/**
 * How to run a model on this machine.
 *
 * @param threads that compute, at least 1
 * @param contextWindow most tokens that a context may hold; 0 for what the model was made for, which is also the limit
 * @param weights in what form the matrices are multiplied
 * @param cache how keys and values are kept
 * @param device what computes
 * @param memoryBytes most memory that model and contexts may take together; 0 for what is free
 * @param loading hears how much of the model is loaded, from 0 to 1
 */
public record EngineOptions(
        int threads,
        int contextWindow,
        WeightPrecision weights,
        CacheType cache,
        ComputeDevice device,
        long memoryBytes,
        DoubleConsumer loading) {
    public EngineOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        if (contextWindow < 0) {
            throw new IllegalArgumentException("contextWindow cannot be " + contextWindow);
        }
        if (memoryBytes < 0) {
            throw new IllegalArgumentException("memoryBytes cannot be " + memoryBytes);
        }
    }

    /** All processors, the model's whole window, weights as they are stored, free memory, and nobody listening. */
    public static EngineOptions standard() {
        return new EngineOptions(
                Runtime.getRuntime().availableProcessors(),
                0,
                WeightPrecision.AS_STORED,
                CacheType.F16,
                ComputeDevice.AUTO,
                0,
                part -> {});
    }

    /** The same with so many threads. */
    public EngineOptions withThreads(int number) {
        return new EngineOptions(number, contextWindow, weights, cache, device, memoryBytes, loading);
    }

    /** The same with contexts of at most so many tokens; 0 for what the model was made for. */
    public EngineOptions withContextWindow(int tokens) {
        return new EngineOptions(threads, tokens, weights, cache, device, memoryBytes, loading);
    }

    /** The same with matrices in this form. */
    public EngineOptions withWeights(WeightPrecision precision) {
        return new EngineOptions(threads, contextWindow, precision, cache, device, memoryBytes, loading);
    }

    /** The same with keys and values kept so. */
    public EngineOptions withCache(CacheType type) {
        return new EngineOptions(threads, contextWindow, weights, type, device, memoryBytes, loading);
    }

    /** The same on another device. */
    public EngineOptions withDevice(ComputeDevice other) {
        return new EngineOptions(threads, contextWindow, weights, cache, other, memoryBytes, loading);
    }

    /** The same within so many bytes of memory; 0 for what is free. */
    public EngineOptions withMemoryBytes(long bytes) {
        return new EngineOptions(threads, contextWindow, weights, cache, device, bytes, loading);
    }

    /** The same with somebody listening. */
    public EngineOptions withLoading(DoubleConsumer listener) {
        return new EngineOptions(threads, contextWindow, weights, cache, device, memoryBytes, listener);
    }
}
