package io.lectern.engine.decoder;

import io.lectern.engine.CacheType;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.vector.TokenStep;

/**
 * How a decoder uses the machine.
 *
 * @param threads workers for each operation, at least 1
 * @param chunkTokens tokens that pass a layer before the next layer is taken: more use each weight better, fewer need less
 *     memory; 0 for what suits the place where the weights are
 * @param lightningBlockTokens tokens that Lightning attention relates to one another directly rather than through its state;
 *     changes the time, not the result
 * @param weights in what form the matrices are multiplied
 * @param cache how keys and values are kept
 * @param memoryBytes most memory to take; 0 for what is free
 * @param vectorSteps whether single tokens pass in Java, where the machine can ({@link TokenStep}), rather than in the tensor
 *     runtime; changes the time, and of the result what rounding does
 */
public record DecoderOptions(
        int threads,
        int chunkTokens,
        int lightningBlockTokens,
        WeightPrecision weights,
        CacheType cache,
        long memoryBytes,
        boolean vectorSteps) {
    public DecoderOptions {
        if (threads < 1 || chunkTokens < 0 || lightningBlockTokens < 1) {
            throw new IllegalArgumentException(
                    "threads and lightningBlockTokens must be at least 1, chunkTokens at least 0");
        }
    }

    /** All processors and free memory of this machine, and weights as they are stored. */
    public static DecoderOptions standard() {
        return new DecoderOptions(
                Runtime.getRuntime().availableProcessors(), 0, 128, WeightPrecision.AS_STORED, CacheType.F16, 0, true);
    }

    /**
     * As an engine is to use the machine.
     *
     * @throws io.lectern.engine.EngineException with DEVICE_MISSING if there is no such device to compute on
     */
    public static DecoderOptions of(EngineOptions options) {
        ComputeDevices.require(options.device());
        return standard()
                .withThreads(options.threads())
                .withPrecision(options.weights(), options.cache())
                .withMemoryBytes(options.memoryBytes());
    }

    /** The same with so many threads. */
    public DecoderOptions withThreads(int number) {
        return new DecoderOptions(number, chunkTokens, lightningBlockTokens, weights, cache, memoryBytes, vectorSteps);
    }

    /** The same with chunks of so many tokens. */
    public DecoderOptions withChunkTokens(int tokens) {
        return new DecoderOptions(threads, tokens, lightningBlockTokens, weights, cache, memoryBytes, vectorSteps);
    }

    /** The same with matrices in this form, and keys and values kept so. */
    public DecoderOptions withPrecision(WeightPrecision precision, CacheType type) {
        return new DecoderOptions(
                threads, chunkTokens, lightningBlockTokens, precision, type, memoryBytes, vectorSteps);
    }

    /** The same with blocks of so many tokens in Lightning attention. */
    public DecoderOptions withLightningBlockTokens(int tokens) {
        return new DecoderOptions(threads, chunkTokens, tokens, weights, cache, memoryBytes, vectorSteps);
    }

    /** The same within so many bytes of memory; 0 for what is free. */
    public DecoderOptions withMemoryBytes(long bytes) {
        return new DecoderOptions(threads, chunkTokens, lightningBlockTokens, weights, cache, bytes, vectorSteps);
    }

    /** The same with single tokens passing in Java, or not. */
    public DecoderOptions withVectorSteps(boolean wanted) {
        return new DecoderOptions(threads, chunkTokens, lightningBlockTokens, weights, cache, memoryBytes, wanted);
    }
}
