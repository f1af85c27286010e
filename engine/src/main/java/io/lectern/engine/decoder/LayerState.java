package io.lectern.engine.decoder;

import io.lectern.engine.vector.LayerMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one mixer remembers of the tokens read. Touched on the tensor runtime's thread only.
 */
sealed interface LayerState permits KeyValueCache, LightningState {

    /** A second state that goes on from here and shares the past. */
    LayerState fork();

    /** Keeps this point in mind, in place of the one before, to return to. */
    void mark();

    /** Whether tokens can only be forgotten by returning to the mark. */
    boolean returnsToMarkOnly();

    /**
     * Forgets all but the first {@code length} tokens.
     *
     * @param length that at the mark, if this {@link #returnsToMarkOnly}
     */
    void truncate(int length);

    /** The blocks in which it lies in memory; none if its size is fixed. */
    List<StateLayout.Block> layout();

    /** Bytes that it holds for each token. */
    long bytesPerToken();

    /** Bytes that it holds however many tokens there are. */
    long fixedBytes();

    /** Visits the memory of tokens {@code from} to before {@code to}, in an order that does not depend on the blocks. */
    void visitTokens(int from, int to, Consumer<MemorySegment> visitor);

    /** Visits the memory whose size is fixed. */
    void visitFixed(Consumer<MemorySegment> visitor);

    /** The memory that a step for the next token reads and writes, with room for that token. */
    LayerMemory forNextToken();

    /** Counts the token that a step has written. */
    void nextTokenWritten();

    /** Frees what no fork still needs. */
    void close();
}
