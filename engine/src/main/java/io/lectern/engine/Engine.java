package io.lectern.engine;

import java.util.List;

/** A loaded model that can read and write. Safe for use from many threads; contexts take turns on the hardware. */
public interface Engine extends AutoCloseable {

    /** What this engine is and what it can hold. */
    EngineInfo info();

    /** The model's tokenizer; for a server it may be an estimate, which {@link EngineInfo#exactTokens()} says. */
    Tokenizer tokenizer();

    /** An empty context. */
    Context newContext();

    /**
     * After how many more tokens it is worth keeping another snapshot of a reading: what it takes however long the reading is
     * is then no more than what it takes for the tokens.
     */
    default int tokensBetweenSnapshots() {
        return 2048;
    }

    /** Whether {@link Context#score} gives the model's own likelihoods; otherwise it asks, and knows only what is written. */
    default boolean givesLikelihoods() {
        return true;
    }

    /**
     * A context that has read as many of these messages as the longest snapshot that begins like them; the others are to be
     * appended. A snapshot counts only if it was made by the same model in the same form with the same computation. One that
     * turns out to be damaged is removed, and the next longest taken.
     *
     * @param listener hears how much is read
     * @throws EngineException with FAILED if the folder belongs to another key
     * @throws java.util.concurrent.CancellationException if called off
     */
    default RestoredContext restore(
            Snapshots where, List<Message> messages, Snapshots.Listener listener, Cancellation cancellation) {
        return new RestoredContext(newContext(), 0, 0, List.of());
    }

    /**
     * The context of one snapshot.
     *
     * @param id as {@link Context#save} gave it
     * @throws EngineException with FAILED and the reason if there is none with this id, it is damaged, was made by another
     *     model or computation, or belongs to another key
     * @throws java.util.concurrent.CancellationException if called off
     */
    default Context restore(Snapshots where, String id, Snapshots.Listener listener, Cancellation cancellation) {
        throw new EngineException(EngineException.Reason.FAILED, "This engine cannot keep snapshots of what it read.");
    }

    /** Whether the model is known to think before it answers. */
    default boolean thinks() {
        return false;
    }

    /** Bytes of weights that are read to write one token; 0 if unknown. */
    default long weightBytesPerToken() {
        return 0;
    }

    /** Frees the weights. Contexts must be closed before. */
    @Override
    void close();
}
