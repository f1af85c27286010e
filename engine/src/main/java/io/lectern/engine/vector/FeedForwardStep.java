package io.lectern.engine.vector;

import java.util.List;

/** What is done to each token alone, for one token. */
sealed interface FeedForwardStep permits DenseStep, ExpertsStep {

    /**
     * Passes tokens through.
     *
     * @param normed the normed stream of each token, ready
     * @param outputs take the output for each token, one number for each of the stream
     */
    void forward(List<Activations> normed, List<float[]> outputs);

    /** Bytes of matrices that are read for a token. */
    long bytes();
}
