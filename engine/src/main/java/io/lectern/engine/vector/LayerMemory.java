package io.lectern.engine.vector;

import io.lectern.engine.CacheType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What one layer remembers of the tokens before, as memory outside the Java heap that a step reads and writes in place.
 * Whoever lends it keeps it until the step has returned.
 */
public sealed interface LayerMemory {

    /**
     * The states of Lightning attention.
     *
     * @param numbers {heads, head dimension of keys, of values} in f32
     */
    record States(MemorySegment numbers) implements LayerMemory {}

    /**
     * Keys and values of softmax attention, oldest first. A step writes the new token's behind those of the last block,
     * which must have room; the lender counts it after.
     *
     * @param type how the numbers are kept
     * @param blocks at least one
     */
    record KeysAndValues(CacheType type, List<Block> blocks) implements LayerMemory {}

    /**
     * Keys and values of consecutive tokens.
     *
     * @param numbers {2, key-value heads, capacity, head dimension}: keys, then values
     * @param scales for {@link CacheType#INT8} the scale of each vector {2, key-value heads, capacity} in f32, else null
     * @param capacity tokens there is room for
     * @param length tokens there are
     */
    record Block(MemorySegment numbers, MemorySegment scales, int capacity, int length) {}
}
