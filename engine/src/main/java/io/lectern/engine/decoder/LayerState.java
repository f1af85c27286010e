package io.lectern.engine.decoder;

/**
 * What one mixer remembers of the tokens read. Touched on the tensor runtime's thread only.
 */
sealed interface LayerState permits KeyValueCache {

    /** A second state that goes on from here and shares the past. */
    LayerState fork();

    /** Forgets all but the first {@code length} tokens. */
    void truncate(int length);

    /** Frees what no fork still needs. */
    void close();
}
