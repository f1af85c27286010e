package io.lectern.engine.decoder;

import io.lectern.engine.ReadingProgress;
import io.lectern.engine.model.ExpectedTensors;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.ModelConfig;
import java.util.function.Consumer;

/**
 * The work of one reading, in multiplications, and how much of it is done: for each token those with the weights, and for
 * softmax attention those with all keys and values before it, so that progress is even although later tokens are more work.
 */
final class ReadingWork {
    private final ModelConfig config;
    private final int chunkTokens;
    private final int start;
    private final int tokens;
    private final Consumer<ReadingProgress> listener;
    private final double total;
    private double done;
    private int chunk = 1;
    private int layer = 1;

    /**
     * @param start tokens before these
     * @param tokens to read
     * @param chunkTokens that pass the layers together
     * @param listener hears of progress after each tile of a layer
     */
    ReadingWork(ModelConfig config, int start, int tokens, int chunkTokens, Consumer<ReadingProgress> listener) {
        this.config = config;
        this.start = start;
        this.tokens = tokens;
        this.chunkTokens = chunkTokens;
        this.listener = listener;
        double sum = 0;
        for (LayerSpec spec : config.layers()) {
            sum += mixing(spec, 0, tokens) + feeding(spec, tokens);
        }
        total = sum;
    }

    /** Work that nobody listens to. */
    static ReadingWork unheard(ModelConfig config, int start, int tokens, int chunkTokens) {
        return new ReadingWork(config, start, tokens, chunkTokens, progress -> {});
    }

    /**
     * A layer is taken for a chunk.
     *
     * @param first where the chunk begins within the reading
     * @param layer counted from 0
     */
    void at(int first, int layer) {
        chunk = first / chunkTokens + 1;
        this.layer = layer + 1;
    }

    /** Tokens of the reading, from {@code first}, have passed all layers. */
    void passed(int first, int tokens) {
        for (int index = 0; index < config.layers().size(); index++) {
            at(first, index);
            mixed(first, tokens);
            fed(tokens);
        }
    }

    /** The mixer of the layer has worked on tokens of the reading, from {@code first}. */
    void mixed(int first, int tokens) {
        done(mixing(config.layers().get(layer - 1), first, tokens));
    }

    /** The feed-forward of the layer has worked on tokens. */
    void fed(int tokens) {
        done(feeding(config.layers().get(layer - 1), tokens));
    }

    private void done(double work) {
        done += work;
        listener.accept(new ReadingProgress(
                Math.min(1, done / total),
                chunk,
                (this.tokens - 1) / chunkTokens + 1,
                layer,
                config.layers().size()));
    }

    private double mixing(LayerSpec spec, int first, int tokens) {
        double weights = ExpectedTensors.elements(ExpectedTensors.ofMixer(spec.mixer(), config.hidden()));
        double pairs = switch (spec.mixer()) {
            case Softmax softmax -> 2.0 * softmax.heads() * softmax.headDimension() * (start + first + tokens / 2.0);
            case Lightning lightning -> 2.0 * lightning.rememberedAlways();
        };
        return tokens * (weights + pairs);
    }

    private double feeding(LayerSpec spec, int tokens) {
        double hidden = config.hidden();
        return tokens
                * switch (spec.feedForward()) {
                    case Dense dense -> 3 * hidden * dense.intermediate();
                    case MixtureOfExperts mixture ->
                        3
                                * hidden
                                * (mixture.perToken() * mixture.intermediate()
                                        + mixture.shared()
                                                .map(LayerSpec.SharedExpert::intermediate)
                                                .orElse(0));
                };
    }
}
