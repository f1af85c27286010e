package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchValue;

/** The part of a layer that works on each token alone, with its norm and residual. */
sealed interface FeedForward extends LayerPart permits DenseFeedForward, MixtureFeedForward {

    /**
     * Passes a chunk through, in place.
     *
     * @param x {tokens, hidden} in f32
     */
    void forward(TorchValue x, Chunk chunk);
}
