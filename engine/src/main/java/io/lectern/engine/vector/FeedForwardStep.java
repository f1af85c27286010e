package io.lectern.engine.vector;

/** What is done to each token alone, for one token. */
sealed interface FeedForwardStep permits DenseStep, ExpertsStep {

    /**
     * Passes a token through.
     *
     * @param normed the normed stream, ready
     * @param output takes the output, one number for each of the stream
     */
    void forward(Activations normed, float[] output);

    /** Bytes of matrices that are read for a token. */
    long bytes();
}
