package io.lectern.engine.decoder;

/**
 * How a decoder uses the machine.
 *
 * @param threads workers for each operation, at least 1
 * @param chunkTokens tokens that are read at a time: more use the weights better, fewer need less memory and can be
 *     called off sooner
 */
public record DecoderOptions(int threads, int chunkTokens) {
    public DecoderOptions {
        if (threads < 1 || chunkTokens < 1) {
            throw new IllegalArgumentException("threads and chunkTokens must be at least 1");
        }
    }

    /** All processors of this machine, and the chunk that was measured to be best. */
    public static DecoderOptions standard() {
        return new DecoderOptions(Runtime.getRuntime().availableProcessors(), 1024);
    }
}
