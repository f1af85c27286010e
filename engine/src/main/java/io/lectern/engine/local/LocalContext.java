package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.EngineException;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.SavedSnapshot;
import io.lectern.engine.Snapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A conversation over a decoder's memory. One call at a time: a second one waits, and one from a listener of the first is
 * refused.
 */
final class LocalContext implements Context {
    private final LocalEngine engine;
    private final Past past;
    private final ReentrantLock turn = new ReentrantLock();
    private Conversation conversation;
    /** Tokens that are part of the context but not read yet: the last one written, which nothing has followed so far. */
    private int[] unread;

    /** Lengths in tokens at which this reading was saved. */
    private List<Integer> checkpoints;

    private boolean closed;

    LocalContext(LocalEngine engine, ContextSnapshots.Parts parts) {
        this.engine = engine;
        this.past = parts.past();
        this.conversation = parts.conversation();
        this.unread = parts.unread();
        this.checkpoints = parts.checkpoints();
    }

    @Override
    public int tokenCount() {
        return inTurn(this::count);
    }

    private int count() {
        return past.length() + unread.length;
    }

    @Override
    public void append(Message message, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        cancellation.throwIfCancelled();
        inTurn(() -> {
            Conversation.Step step = conversation.append(message);
            requireRoom(step.tokens().length, "The message has");
            if (step.tokens().length > 0) {
                read(past, step.tokens(), listener, cancellation);
                unread = new int[0];
            }
            conversation = step.after();
            return null;
        });
    }

    /** Reads what is unread and these tokens, all or, if it fails or is called off, nothing. */
    private float[] read(
            Past into, int[] tokens, Consumer<? super GenerationEvent.Prefill> listener, Cancellation cancellation) {
        int[] all = Conversation.concatenate(unread, tokens);
        long startedAt = System.nanoTime();
        return into.read(
                all,
                progress -> listener.accept(
                        GenerationEvent.Prefill.of(progress, all.length, (System.nanoTime() - startedAt) / 1e9)),
                cancellation);
    }

    @Override
    public Context fork() {
        return inTurn(() -> {
            return engine.remember(new LocalContext(
                    engine, new ContextSnapshots.Parts(past.fork(), conversation, unread, checkpoints)));
        });
    }

    @Override
    public double[] score(
            List<String> continuations, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        cancellation.throwIfCancelled();
        int[][] tokens =
                continuations.stream().map(engine.modelTokenizer()::encode).toArray(int[][]::new);
        if (Arrays.stream(tokens).anyMatch(continuation -> continuation.length == 0)) {
            throw new IllegalArgumentException("a continuation must have at least one token");
        }
        return inTurn(() -> {
            Conversation.Reply reply = conversation.openReply(false);
            int[] opening = Conversation.concatenate(
                    reply.tokens(),
                    engine.modelTokenizer().encodeTemplate(engine.markers().skipping(reply.thinking())));
            int longest = Arrays.stream(tokens)
                    .mapToInt(continuation -> continuation.length)
                    .max()
                    .orElse(0);
            requireRoom(opening.length + longest, "The continuation has");
            try (Past here = past.fork()) {
                read(here, opening, listener, cancellation);
                return Arrays.stream(tokens)
                        .mapToDouble(continuation -> Arrays.stream(here.logProbabilities(continuation))
                                .sum())
                        .toArray();
            }
        });
    }

    @Override
    public GenerationEvent.Finished generate(
            GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
        return inTurn(() -> {
            GenerationEvent.Finished finished = write(request, listener, cancellation);
            listener.accept(finished);
            return finished;
        });
    }

    private GenerationEvent.Finished write(
            GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
        Conversation.Reply opening = conversation.openReply(
                request.thinking().budget().tokens() > 0 && !request.thinking().isEnded());
        if (count() + opening.tokens().length >= engine.window()) {
            return nothingWritten(FinishReason.WINDOW_FULL);
        }
        int[] unreadBefore = unread;
        int before = past.length();
        past.mark();
        float[] logits;
        try {
            logits = read(past, opening.tokens(), listener, cancellation);
            unread = new int[0];
        } catch (CancellationException e) {
            return nothingWritten(FinishReason.CANCELLED);
        }
        boolean settled = false;
        try {
            Reply reply = new Reply(engine, past, opening.thinking(), request, listener, cancellation);
            GenerationEvent.Finished finished = reply.write(logits);
            boolean cutOff =
                    finished.reason() == FinishReason.CANCELLED || finished.reason() == FinishReason.WINDOW_FULL;
            if (cutOff && finished.text().isEmpty() && finished.thinking().isEmpty()) {
                return nothingWritten(finished.reason());
            }
            unread = reply.settle(finished.reason());
            conversation = opening.after();
            settled = true;
            return finished;
        } finally {
            if (!settled) {
                past.truncate(before);
                unread = unreadBefore;
            }
        }
    }

    @Override
    public SavedSnapshot save(Snapshots where, Snapshots.Listener listener, Cancellation cancellation) {
        return inTurn(() -> {
            ContextSnapshots.Parts parts = new ContextSnapshots.Parts(past, conversation, unread, checkpoints);
            SavedSnapshot saved = engine.snapshots().save(where, parts, listener, cancellation);
            List<Integer> with = new ArrayList<>(checkpoints);
            with.removeIf(length -> length >= saved.tokens());
            with.add(saved.tokens());
            checkpoints = List.copyOf(with);
            return saved;
        });
    }

    private GenerationEvent.Finished nothingWritten(FinishReason reason) {
        return new GenerationEvent.Finished(reason, "", "", count(), 0, 0, 0);
    }

    private void requireRoom(int tokens, String what) {
        long total = (long) count() + tokens;
        if (total > engine.window()) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    String.format(
                            java.util.Locale.ROOT,
                            "%s %,d tokens and %,d are in the context already: %,d together, but the model's window"
                                    + " holds %,d. Leave something out, or choose a model with a larger window.",
                            what,
                            tokens,
                            count(),
                            total,
                            engine.window()));
        }
    }

    private <T> T inTurn(Supplier<T> work) {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("a listener cannot use the context that calls it");
        }
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException("this context is closed");
            }
            return work.get();
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                past.close();
                engine.forget(this);
            }
        } finally {
            turn.unlock();
        }
    }
}
