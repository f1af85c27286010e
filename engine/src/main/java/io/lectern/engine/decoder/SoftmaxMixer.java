package io.lectern.engine.decoder;

import io.lectern.engine.CacheType;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.List;

/** Causal softmax attention with its norm and residual, over a {@link KeyValueCache}. */
final class SoftmaxMixer implements Mixer {
    private final Softmax spec;
    private final Residual residual;
    private final double normEpsilon;
    private final CacheType cacheType;
    private final PartWeights weights;
    private final TorchBackend backend;

    SoftmaxMixer(
            Softmax spec,
            Residual residual,
            double normEpsilon,
            CacheType cacheType,
            PartWeights weights,
            TorchBackend backend) {
        this.spec = spec;
        this.residual = residual;
        this.normEpsilon = normEpsilon;
        this.cacheType = cacheType;
        this.weights = weights;
        this.backend = backend;
    }

    @Override
    public LayerState newState() {
        return new KeyValueCache(backend, spec.keyValueHeads(), spec.headDimension(), cacheType);
    }

    @Override
    public void forward(TorchValue x, LayerState state, Chunk chunk) {
        KeyValueCache cache = (KeyValueCache) state;
        TorchValue dictionary = weights.forTokens(chunk.tokens());
        chunk.forEachTile(x, left -> cache.makeRoom(left, Chunk.TILE_TOKENS), tile -> {
            backend.execute(
                    "attention_layer",
                    tile.x(),
                    dictionary,
                    normEpsilon,
                    residual.alpha(),
                    residual.beta(),
                    residual.ofNormed(),
                    cache.blocks(),
                    cache.scales(),
                    cache.lengths(),
                    chunk.angles(spec.rotary(), tile),
                    spec.rotary().pairing() == Rotary.Pairing.INTERLEAVED);
            cache.written(tile.tokens());
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
    }
}
