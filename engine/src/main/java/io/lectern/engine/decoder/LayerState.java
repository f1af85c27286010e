package io.lectern.engine.decoder;

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

    /** Frees what no fork still needs. */
    void close();
}
