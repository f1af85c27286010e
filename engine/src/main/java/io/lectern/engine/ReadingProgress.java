package io.lectern.engine;

/**
 * How far a reading is. A reading is done chunk by chunk, and each chunk passes layer by layer.
 *
 * @param part of the work that is done, from 0 to 1; later tokens are more work, since they attend to more
 * @param chunk being read, from 1
 * @param chunks of the reading
 * @param layer that the chunk is in, from 1
 * @param layers of the model
 */
public record ReadingProgress(double part, int chunk, int chunks, int layer, int layers) {

    /** Progress of an engine that says how many tokens it has read, but not where it is. */
    public static ReadingProgress ofTokens(long done, long total) {
        return new ReadingProgress(total == 0 ? 1 : (double) done / total, 1, 1, 1, 1);
    }
}
