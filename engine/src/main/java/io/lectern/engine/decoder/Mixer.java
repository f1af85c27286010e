package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchValue;

/** The part of a layer that carries information from token to token, with its norm and residual. */
sealed interface Mixer extends LayerPart permits SoftmaxMixer, LightningMixer {

    /** What this mixer remembers before any token. */
    LayerState newState();

    /**
     * Passes a chunk through, in place, and remembers it.
     *
     * @param x {tokens, hidden} in f32
     */
    void forward(TorchValue x, LayerState state, Chunk chunk);
}
