package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.List;

/** Lightning attention with its norms, gate and residual, over a {@link LightningState}. */
final class LightningMixer implements Mixer {
    private final Lightning spec;
    private final Residual residual;
    private final double normEpsilon;
    private final int blockTokens;
    private final PartWeights weights;
    private final TorchBackend backend;
    /** {heads, 1, 1}. */
    private final TorchValue slopes;

    /**
     * @param blockTokens tokens that are related to one another directly rather than through the state; changes the time, not
     *     the result
     */
    LightningMixer(
            Lightning spec,
            Residual residual,
            double normEpsilon,
            int blockTokens,
            PartWeights weights,
            TorchBackend backend) {
        this.spec = spec;
        this.residual = residual;
        this.normEpsilon = normEpsilon;
        this.blockTokens = blockTokens;
        this.weights = weights;
        this.backend = backend;
        float[] numbers = new float[spec.heads()];
        for (int head = 0; head < numbers.length; head++) {
            numbers[head] = spec.slopes().get(head).floatValue();
        }
        slopes = backend.tensor(numbers, numbers.length, 1, 1);
    }

    @Override
    public LayerState newState() {
        return new LightningState(backend, spec);
    }

    @Override
    public void forward(TorchValue x, LayerState state, Chunk chunk) {
        TorchValue matrices = ((LightningState) state).toWrite();
        TorchValue dictionary = weights.forTokens(chunk.tokens());
        chunk.forEachTile(x, tile -> {
            backend.execute(
                    "lightning_layer",
                    tile.x(),
                    dictionary,
                    normEpsilon,
                    residual.alpha(),
                    residual.beta(),
                    residual.ofNormed(),
                    matrices,
                    slopes,
                    spec.outputNormEpsilon(),
                    blockTokens);
            chunk.mixed(tile);
        });
    }

    @Override
    public List<PartWeights> weights() {
        return List.of(weights);
    }

    @Override
    public void close() {
        weights.close();
        slopes.close();
    }
}
