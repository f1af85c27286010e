package io.lectern.engine.decoder;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * The numbers of which the memory of what was read consists, piece by piece, to be written somewhere or filled in from there:
 * both walk over the same pieces in the same order, little-endian as they lie in memory. What grows with each token comes in
 * ranges of tokens, which never change once they are read; what has a fixed size is overwritten with every token.
 *
 * <p>The pieces may be touched by any thread, while nobody reads into, shortens or closes the state.
 */
public interface StateMemory {

    /** How it lies in memory. */
    StateLayout layout();

    /** The tokens read, from {@code from} to before {@code to}. */
    int[] tokens(int from, int to);

    /** Bytes of what {@link #visitTokens} visits for each token. */
    long bytesPerToken();

    /** Bytes of what {@link #visitFixed} visits. */
    long fixedBytes();

    /**
     * Visits what is remembered of each of the tokens from {@code from} to before {@code to}: the tokens themselves, then for
     * each layer that keeps keys and values these, head by head. The order depends on the range only, not on the blocks.
     */
    void visitTokens(int from, int to, Consumer<MemorySegment> visitor);

    /** Visits the states of fixed size, layer by layer, and then, if it is known, what came out of the last layer. */
    void visitFixed(Consumer<MemorySegment> visitor);
}
