package io.lectern.engine.model;

import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.FeedForward;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.Mixer;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors that a model of some configuration has, by canonical name ({@link TensorNames}) with their shapes: what a
 * checkpoint must hold, no more and no less, and what a layer is made of.
 */
public final class ExpectedTensors {
    private ExpectedTensors() {}

    /** All tensors of a model. */
    public static Map<String, long[]> of(ModelConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        long hidden = config.hidden();
        shapes.put(TensorNames.TOKEN_EMBEDDING, new long[] {config.vocabulary(), hidden});
        for (int layer = 0; layer < config.layers().size(); layer++) {
            LayerSpec spec = config.layers().get(layer);
            for (Map<String, long[]> part :
                    List.of(ofMixer(spec.mixer(), hidden), ofFeedForward(spec.feedForward(), hidden))) {
                for (Map.Entry<String, long[]> tensor : part.entrySet()) {
                    shapes.put(TensorNames.ofLayer(layer, tensor.getKey()), tensor.getValue());
                }
            }
        }
        shapes.put(TensorNames.OUTPUT_NORM, new long[] {hidden});
        if (!config.tiedHead()) {
            shapes.put(TensorNames.OUTPUT, new long[] {config.vocabulary(), hidden});
        }
        return shapes;
    }

    /** The tensors of a layer's mixer, by their names within the layer. */
    public static Map<String, long[]> ofMixer(Mixer mixer, long hidden) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(TensorNames.MIXER_NORM, new long[] {hidden});
        switch (mixer) {
            case Softmax softmax -> {
                long queries = (long) softmax.heads() * softmax.headDimension();
                long keys = (long) softmax.keyValueHeads() * softmax.headDimension();
                shapes.put(TensorNames.QUERY, new long[] {queries, hidden});
                shapes.put(TensorNames.KEY, new long[] {keys, hidden});
                shapes.put(TensorNames.VALUE, new long[] {keys, hidden});
                shapes.put(TensorNames.ATTENTION_OUTPUT, new long[] {hidden, queries});
                if (softmax.biased()) {
                    shapes.put(TensorNames.QUERY_BIAS, new long[] {queries});
                    shapes.put(TensorNames.KEY_BIAS, new long[] {keys});
                    shapes.put(TensorNames.VALUE_BIAS, new long[] {keys});
                }
            }
            case Lightning lightning -> {
                long inner = (long) lightning.heads() * lightning.headDimension();
                shapes.put(TensorNames.LIGHTNING_QUERY_KEY_VALUE, new long[] {3 * inner, hidden});
                shapes.put(TensorNames.LIGHTNING_GATE, new long[] {inner, hidden});
                shapes.put(TensorNames.LIGHTNING_NORM, new long[] {inner});
                shapes.put(TensorNames.ATTENTION_OUTPUT, new long[] {hidden, inner});
            }
        }
        return shapes;
    }

    /** The tensors of a layer's feed-forward, by their names within the layer. */
    public static Map<String, long[]> ofFeedForward(FeedForward feedForward, long hidden) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(TensorNames.FEED_FORWARD_NORM, new long[] {hidden});
        switch (feedForward) {
            case Dense dense -> {
                shapes.put(TensorNames.FEED_FORWARD_GATE, new long[] {dense.intermediate(), hidden});
                shapes.put(TensorNames.FEED_FORWARD_UP, new long[] {dense.intermediate(), hidden});
                shapes.put(TensorNames.FEED_FORWARD_DOWN, new long[] {hidden, dense.intermediate()});
            }
            case MixtureOfExperts mixture -> {
                shapes.put(TensorNames.ROUTER, new long[] {mixture.experts(), hidden});
                for (int expert = 0; expert < mixture.experts(); expert++) {
                    long[] in = {mixture.intermediate(), hidden};
                    long[] out = {hidden, mixture.intermediate()};
                    shapes.put(TensorNames.ofExpert(expert, TensorNames.FEED_FORWARD_GATE), in);
                    shapes.put(TensorNames.ofExpert(expert, TensorNames.FEED_FORWARD_UP), in);
                    shapes.put(TensorNames.ofExpert(expert, TensorNames.FEED_FORWARD_DOWN), out);
                }
                mixture.shared().ifPresent(shared -> {
                    shapes.put(TensorNames.SHARED_GATE, new long[] {shared.intermediate(), hidden});
                    shapes.put(TensorNames.SHARED_UP, new long[] {shared.intermediate(), hidden});
                    shapes.put(TensorNames.SHARED_DOWN, new long[] {hidden, shared.intermediate()});
                    shapes.put(TensorNames.SHARED_COEFFICIENT, new long[] {1, hidden});
                });
            }
        }
        return shapes;
    }

    /** Numbers in tensors of these shapes together. */
    public static long elements(Map<String, long[]> shapes) {
        long elements = 0;
        for (long[] shape : shapes.values()) {
            long product = 1;
            for (long dimension : shape) {
                product *= dimension;
            }
            elements += product;
        }
        return elements;
    }
}
