package io.lectern.engine.decoder;

import java.util.List;

/**
 * How what a decoder has read lies in memory: all that must be known beside the numbers to lay it out the same way again, and
 * so to go on with the same operations in the same order.
 *
 * @param tokens that were read
 * @param layers the blocks of each layer, first to last; a layer whose state has a fixed size has none
 * @param lastHiddenKnown whether what came out of the last layer for the last token is part of it
 */
public record StateLayout(int tokens, List<List<Block>> layers, boolean lastHiddenKnown) {
    public StateLayout {
        layers = layers.stream().map(List::copyOf).toList();
    }

    /**
     * A block of keys and values.
     *
     * @param capacity tokens for which there is room
     * @param tokens that belong to the state
     */
    public record Block(int capacity, int tokens) {}
}
