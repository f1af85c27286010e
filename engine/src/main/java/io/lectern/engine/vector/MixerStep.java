package io.lectern.engine.vector;

/** What carries information from token to token, for one token. */
sealed interface MixerStep permits LightningStep, SoftmaxStep {

    /**
     * Passes a token through and remembers it.
     *
     * @param normed the normed stream, ready
     * @param output takes the mixer's output, one number for each of the stream
     * @param position of the token, from 0
     */
    void forward(Activations normed, float[] output, LayerMemory memory, long position);

    /** Bytes of matrices that are read for a token. */
    long bytes();
}
