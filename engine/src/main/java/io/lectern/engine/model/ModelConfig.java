package io.lectern.engine.model;

import java.util.List;

/**
 * What a model is made of; everything that a decoder must know beside the weights.
 *
 * @param name for people
 * @param architecture the name the checkpoint gives it, such as "qwen2"
 * @param vocabulary number of tokens, rows of the embedding
 * @param contextLength tokens the model was made for
 * @param hidden numbers that stand for a token between layers
 * @param normEpsilon of every RMS norm: w · x · rsqrt(mean(x²) + epsilon), in 32 bits
 * @param tiedHead whether the embedding is also the head
 * @param layers first to last
 */
public record ModelConfig(
        String name,
        String architecture,
        int vocabulary,
        int contextLength,
        int hidden,
        double normEpsilon,
        boolean tiedHead,
        List<LayerSpec> layers) {
    public ModelConfig {
        layers = List.copyOf(layers);
    }

    /** The same with other layers. */
    public ModelConfig withLayers(List<LayerSpec> others) {
        return new ModelConfig(name, architecture, vocabulary, contextLength, hidden, normEpsilon, tiedHead, others);
    }

    /** Numbers that each token adds to a context, over all layers. */
    public long rememberedPerToken() {
        return layers.stream()
                .mapToLong(layer -> layer.mixer().rememberedPerToken())
                .sum();
    }

    /** Numbers that a context remembers however long it is, over all layers. */
    public long rememberedAlways() {
        return layers.stream()
                .mapToLong(layer -> layer.mixer().rememberedAlways())
                .sum();
    }
}
