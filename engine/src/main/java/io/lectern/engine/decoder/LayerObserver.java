package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchValue;

/** Sees the stream between layers as chunks pass. */
@FunctionalInterface
interface LayerObserver {
    /** Looks at nothing. */
    LayerObserver NONE = (layer, x, tokens) -> {};

    /**
     * A chunk has come to a layer.
     *
     * @param layer the one before which the stream is seen; the number of layers behind the last
     * @param x the stream {tokens, hidden}, to be read only, and only now
     */
    void reached(int layer, TorchValue x, int tokens);
}
