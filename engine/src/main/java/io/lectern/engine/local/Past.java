package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.decoder.StateMemory;
import java.util.function.Consumer;

/**
 * A sequence of tokens that a model has read, and what it remembers of them: all that a context needs of a decoder. Used by
 * one thread at a time; forks may be used at the same time.
 */
interface Past extends AutoCloseable {

    /** Tokens read. */
    int length();

    /**
     * Reads more tokens.
     *
     * @param tokens at least one
     * @param listener hears how far the reading is
     * @return the logits for the token that follows
     * @throws java.util.concurrent.CancellationException if called off; this is then as it was before, as after any other failure
     */
    float[] read(int[] tokens, Consumer<ReadingProgress> listener, Cancellation cancellation);

    /**
     * The natural logarithm of the probability of each of these tokens, one after the other; this stays as it is. What was
     * done last must have been to read.
     */
    double[] logProbabilities(int[] tokens);

    /** Keeps this point in mind as the earliest to which this will be shortened. */
    void mark();

    /** Forgets all but the first tokens, which are at least those of the last mark. */
    void truncate(int length);

    /** A second sequence that goes on from here; what was read is shared. */
    Past fork();

    /** What is remembered, to be kept on disk or filled in from there. */
    StateMemory memory();

    @Override
    void close();
}
