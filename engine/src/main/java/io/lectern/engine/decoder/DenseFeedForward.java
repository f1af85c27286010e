package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;

/** SwiGLU with its norm and residual. */
final class DenseFeedForward implements FeedForward {
    private final double normEpsilon;
    private final PartWeights weights;
    private final TorchBackend backend;

    DenseFeedForward(double normEpsilon, PartWeights weights, TorchBackend backend) {
        this.normEpsilon = normEpsilon;
        this.weights = weights;
        this.backend = backend;
    }

    @Override
    public TorchValue forward(TorchValue x, Chunk chunk) {
        return backend.call("dense_layer", x, weights.forTokens(chunk.tokens()), normEpsilon);
    }

    @Override
    public long packedBytes() {
        return weights.packedBytes();
    }

    @Override
    public void close() {
        weights.close();
    }
}
