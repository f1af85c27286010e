package io.lectern.engine;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a model has read, and where it goes on: a conversation held as the model's own state. Used by one thread at a
 * time; forks of it may be used at the same time.
 */
public interface Context extends AutoCloseable {

    /** Tokens read and written so far. */
    int tokenCount();

    /**
     * Takes a message in; a server reads it when it is next asked for something. One with the role of the message before goes on with that same message, so that a long document
     * and the question behind it can be read apart and still be one turn.
     *
     * @param listener hears how far the reading is
     * @param cancellation calls it off between chunks; the context then holds what was read before this call
     * @throws EngineException with {@link EngineException.Reason#DOES_NOT_FIT} before anything is read, if the message
     *     does not fit the window
     * @throws java.util.concurrent.CancellationException if called off
     */
    void append(Message message, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation);

    /** Reads a message without listening. */
    default void append(Message message) {
        append(message, progress -> {}, new Cancellation());
    }

    /**
     * A second context that goes on from here. The past is shared, not copied: asking many questions of one reading
     * costs one reading.
     */
    Context fork();

    /**
     * How likely the model finds each text as the beginning of its reply at this point: the sum of the natural
     * logarithms of its tokens' probabilities. The context stays as it is.
     *
     * <p>Where {@link Engine#givesLikelihoods()} is false the model was only asked, and the one that it wrote is as likely as
     * can be. A server tells the likelihoods of first tokens only: texts are told apart by how they begin.
     *
     * @param continuations texts of at least one token each
     * @param listener hears how far the reading is, where something has to be read first
     * @param cancellation calls it off
     * @return one log-likelihood each, in the same order
     * @throws java.util.concurrent.CancellationException if called off
     */
    double[] score(List<String> continuations, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation);

    /** Scores without listening. */
    default double[] score(List<String> continuations) {
        return score(continuations, progress -> {}, new Cancellation());
    }

    /**
     * Writes a reply, which becomes part of the context.
     *
     * @param listener hears text as it is written, and the end
     * @return the event that ended it; after a cancellation, with what was written until then
     */
    GenerationEvent.Finished generate(
            GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation);

    /**
     * Keeps this context on disk, so that {@link Engine#restore} goes on from it bit for bit as this context would. What a
     * snapshot of an earlier point of the same reading holds is not written again, so that one at each document's end costs
     * little. Either all of it is there afterwards, or nothing; the context goes on in any case.
     *
     * @param listener hears how much is written
     * @param cancellation calls it off between pieces
     * @throws EngineException with {@link EngineException.Reason#DOES_NOT_FIT}, before anything is written, if there is no
     *     room for it; with FAILED if it cannot be written, or the folder belongs to another key
     * @throws java.util.concurrent.CancellationException if called off
     */
    default SavedSnapshot save(Snapshots where, Snapshots.Listener listener, Cancellation cancellation) {
        throw new EngineException(EngineException.Reason.FAILED, "This engine cannot keep snapshots of what it read.");
    }

    /** Frees what no fork still needs. */
    @Override
    void close();
}
