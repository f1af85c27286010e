package io.lectern.engine.vector;

import java.util.List;

/** What carries information from token to token, for one token. */
sealed interface MixerStep permits LightningStep, SoftmaxStep {

    /**
     * Passes tokens of different sequences through, each of which is remembered by its own sequence.
     *
     * @param normed the normed stream of each token, ready
     * @param outputs take the mixer's output for each token, one number for each of the stream
     * @param memories what this layer remembers of each token's sequence
     * @param positions of the tokens in their sequences, from 0
     */
    void forward(List<Activations> normed, List<float[]> outputs, List<LayerMemory> memories, long[] positions);

    /** Bytes of matrices that are read for a token. */
    long bytes();
}
