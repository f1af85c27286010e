package io.lectern.engine.vector;

/**
 * Room for what stands between the products of a mixer, for one token.
 *
 * @param projected what the first products give: queries, keys, values and what else there is, one behind the other
 * @param attended what the heads give, for the last product
 */
record MixerRoom(float[] projected, Activations attended) {
    MixerRoom(int projected, int attended) {
        this(new float[projected], new Activations(attended));
    }
}
