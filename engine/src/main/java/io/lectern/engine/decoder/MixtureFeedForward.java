package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.model.LayerSpec.SharedExpert.Coefficient;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.List;
import java.util.stream.Stream;

/**
 * A mixture of experts with its norm and residual. The tokens of a tile are grouped by expert, so that each expert's weights
 * are taken once for all of its tokens.
 */
final class MixtureFeedForward implements FeedForward {
    /** Tokens that are distributed at once: enough that each expert of many gets its share of them. */
    static final int TILE_TOKENS = 8 * Chunk.TILE_TOKENS;

    private final MixtureOfExperts spec;
    private final Residual residual;
    private final double normEpsilon;
    private final MixtureWeights weights;
    private final TorchBackend backend;

    /**
     * The weights of a mixture.
     *
     * @param norm {hidden}
     * @param router {experts, hidden} in f32
     * @param experts each with gate, up and down
     * @param shared the shared expert, or null
     * @param coefficient of the shared expert {1, hidden} in f32, or null
     */
    record MixtureWeights(
            TorchValue norm, TorchValue router, List<PartWeights> experts, PartWeights shared, TorchValue coefficient) {
        void close() {
            norm.close();
            router.close();
            experts.forEach(PartWeights::close);
            if (shared != null) {
                shared.close();
                coefficient.close();
            }
        }
    }

    MixtureFeedForward(
            MixtureOfExperts spec,
            Residual residual,
            double normEpsilon,
            MixtureWeights weights,
            TorchBackend backend) {
        this.spec = spec;
        this.residual = residual;
        this.normEpsilon = normEpsilon;
        this.weights = weights;
        this.backend = backend;
    }

    @Override
    public void forward(TorchValue x, Chunk chunk) {
        chunk.forEachTile(x, left -> TILE_TOKENS, tile -> {
            try (TorchValue normed = backend.call("rms_norm", tile.x(), weights.norm(), normEpsilon);
                    TorchValue mixed = mixed(normed, tile.tokens(), chunk)) {
                backend.execute(
                        "join_stream", tile.x(), normed, mixed, residual.alpha(), residual.beta(), residual.ofNormed());
            }
            chunk.fed(tile);
        });
    }

    /** What the experts make of normed tokens. */
    private TorchValue mixed(TorchValue normed, int tokens, Chunk chunk) {
        TorchValue out = backend.call("zeros_like", normed);
        try (TorchValue chosen = backend.call("route", normed, weights.router(), spec.perToken());
                TorchValue order = backend.call("expert_order", chosen)) {
            float[] loads = backend.floats("expert_loads", chosen, spec.experts());
            int first = 0;
            for (int expert = 0; expert < loads.length; expert++) {
                int after = first + (int) loads[expert];
                if (after > first) {
                    chunk.throwIfCancelled();
                    TorchValue dictionary = weights.experts().get(expert).forTokens(after - first);
                    for (int from = first; from < after; from += Chunk.TILE_TOKENS) {
                        int to = Math.min(after, from + Chunk.TILE_TOKENS);
                        backend.execute("add_expert", out, normed, chosen, order, from, to, dictionary);
                    }
                }
                first = after;
            }
            if (weights.shared() != null) {
                boolean sigmoid = spec.shared().orElseThrow().coefficient() == Coefficient.SIGMOID;
                TorchValue dictionary = weights.shared().forTokens(tokens);
                backend.execute("mix_shared_expert", out, normed, dictionary, weights.coefficient(), sigmoid);
            }
            return out;
        } catch (RuntimeException | Error e) {
            out.close();
            throw e;
        }
    }

    @Override
    public List<PartWeights> weights() {
        return weights.shared() == null
                ? weights.experts()
                : Stream.concat(weights.experts().stream(), Stream.of(weights.shared()))
                        .toList();
    }

    @Override
    public long packedBytes() {
        long experts =
                weights.experts().stream().mapToLong(PartWeights::packedBytes).sum();
        long shared = weights.shared() == null ? 0 : weights.shared().packedBytes();
        return experts / spec.experts() * spec.perToken() + shared;
    }

    @Override
    public void close() {
        weights.close();
    }
}
