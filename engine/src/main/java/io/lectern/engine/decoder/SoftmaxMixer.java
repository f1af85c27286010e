package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;

/** Causal softmax attention with its norm and residual, over a {@link KeyValueCache}. */
final class SoftmaxMixer implements Mixer {
    private final Softmax spec;
    private final double normEpsilon;
    private final PartWeights weights;
    private final TorchBackend backend;

    SoftmaxMixer(Softmax spec, double normEpsilon, PartWeights weights, TorchBackend backend) {
        this.spec = spec;
        this.normEpsilon = normEpsilon;
        this.weights = weights;
        this.backend = backend;
    }

    @Override
    public LayerState newState() {
        return new KeyValueCache(backend, spec.keyValueHeads(), spec.headDimension());
    }

    @Override
    public TorchValue forward(TorchValue x, LayerState state, Chunk chunk) {
        KeyValueCache cache = (KeyValueCache) state;
        TorchValue result = backend.call(
                "attention_layer",
                x,
                weights.forTokens(chunk.tokens()),
                normEpsilon,
                cache.blocks(),
                cache.lengths(),
                chunk.angles(spec.rotary()),
                spec.rotary().pairing() == Rotary.Pairing.INTERLEAVED);
        cache.written(chunk.tokens());
        return result;
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
