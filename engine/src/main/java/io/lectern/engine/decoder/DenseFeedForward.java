package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.List;

/** SwiGLU with its norm and residual. */
final class DenseFeedForward implements FeedForward {
    private final Residual residual;
    private final double normEpsilon;
    private final PartWeights weights;
    private final TorchBackend backend;

    DenseFeedForward(Residual residual, double normEpsilon, PartWeights weights, TorchBackend backend) {
        this.residual = residual;
        this.normEpsilon = normEpsilon;
        this.weights = weights;
        this.backend = backend;
    }

    @Override
    public void forward(TorchValue x, Chunk chunk) {
        TorchValue dictionary = weights.forTokens(chunk.tokens());
        chunk.forEachTile(x, tile -> {
            backend.execute(
                    "dense_layer",
                    tile.x(),
                    dictionary,
                    normEpsilon,
                    residual.alpha(),
                    residual.beta(),
                    residual.ofNormed());
            chunk.fed(tile);
        });
    }

    @Override
    public List<PartWeights> weights() {
        return List.of(weights);
    }

    @Override
    public void close() {
        weights.close();
    }
}
