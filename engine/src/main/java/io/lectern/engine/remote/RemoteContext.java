package io.lectern.engine.remote;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.EngineException;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.Sampling;
import io.lectern.engine.remote.Completions.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A conversation with a server: the messages so far. Nothing of it is on the server between two questions but what the
 * server itself keeps for a prompt that begins as an earlier one did.
 */
final class RemoteContext implements Context {
    /** What a chat template puts around a message, at most. */
    private static final int FRAME_TOKENS = 8;

    private final RemoteEngine engine;
    private List<Message> messages;
    private int tokens;
    private boolean closed;

    RemoteContext(RemoteEngine engine, List<Message> messages, int tokens) {
        this.engine = engine;
        this.messages = messages;
        this.tokens = tokens;
    }

    @Override
    public synchronized int tokenCount() {
        return tokens;
    }

    @Override
    public synchronized void append(
            Message message, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        requireOpen();
        cancellation.throwIfCancelled();
        boolean goesOn = !messages.isEmpty() && messages.getLast().role() == message.role();
        int more = engine.tokenizer().count(message.content()) + (goesOn ? 0 : FRAME_TOKENS);
        int window = engine.info().contextWindow();
        if ((long) tokens + more > window) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    String.format(
                            Locale.ROOT,
                            "The message has %,d tokens%s and %,d are in the context already: %,d together, but the window of %s"
                                    + " holds %,d. Leave something out, or choose a model with a larger window.",
                            more,
                            engine.info().exactTokens() ? "" : " (estimated)",
                            tokens,
                            (long) tokens + more,
                            engine.info().model(),
                            window));
        }
        keep(message);
        tokens += more;
    }

    private void keep(Message message) {
        List<Message> then = new ArrayList<>(messages);
        boolean goesOn = !then.isEmpty() && then.getLast().role() == message.role();
        if (goesOn) {
            then.set(then.size() - 1, new Message(message.role(), then.getLast().content() + message.content()));
        } else {
            then.add(message);
        }
        messages = List.copyOf(then);
    }

    @Override
    public synchronized Context fork() {
        requireOpen();
        return new RemoteContext(engine, messages, tokens);
    }

    @Override
    public synchronized double[] score(
            List<String> continuations, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        requireOpen();
        if (continuations.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a continuation must have at least one token");
        }
        requireSomethingSaid();
        cancellation.throwIfCancelled();
        try {
            return new Scoring(engine, messages, listener, cancellation).score(continuations);
        } catch (RefusedRequest e) {
            throw e.refusal();
        }
    }

    @Override
    public synchronized GenerationEvent.Finished generate(
            GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
        requireOpen();
        requireSomethingSaid();
        int room = engine.info().contextWindow() - tokens - FRAME_TOKENS;
        GenerationEvent.Finished finished = room < 1
                ? new GenerationEvent.Finished(FinishReason.WINDOW_FULL, "", "", tokens, 0, 0, 0)
                : write(request, room, listener, cancellation);
        listener.accept(finished);
        return finished;
    }

    private GenerationEvent.Finished write(
            GenerationRequest request, int room, Consumer<GenerationEvent> listener, Cancellation cancellation) {
        GenerationEvent.Finished finished;
        try {
            finished = new Writing(engine, messages, tokens, room, request, listener, cancellation).write();
        } catch (RefusedRequest e) {
            throw e.refusal();
        }
        if (!finished.text().isEmpty()) {
            keep(Message.assistant(finished.text()));
            tokens += finished.answerTokens() + FRAME_TOKENS;
        }
        return finished;
    }

    /** A question that asks for likelihoods or a word: no thinking, the likeliest token. */
    static Question shortQuestion(List<Message> messages, int maxTokens, int topTokens) {
        return new Question(messages, false, maxTokens, Sampling.GREEDY, 0, topTokens);
    }

    private void requireSomethingSaid() {
        if (messages.isEmpty()) {
            throw new EngineException(
                    EngineException.Reason.FAILED, "there is nothing to reply to: the context has read nothing yet");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this context is closed");
        }
    }

    /** Nothing is held on the server. */
    @Override
    public synchronized void close() {
        closed = true;
        messages = List.of();
    }
}
