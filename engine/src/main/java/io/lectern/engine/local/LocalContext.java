package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.EngineException;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** A conversation over a decoder's memory. All work on the memory happens on the engine's thread. */
final class LocalContext implements Context {
    private final LocalEngine engine;
    private final Past past;
    private Conversation conversation;
    /** Tokens that are part of the context but not read yet: the last one written, which nothing has followed so far. */
    private int[] unread;

    private boolean closed;

    LocalContext(LocalEngine engine, Past past, Conversation conversation, int[] unread) {
        this.engine = engine;
        this.past = past;
        this.conversation = conversation;
        this.unread = unread;
    }

    @Override
    public int tokenCount() {
        return engine.call(this::count);
    }

    private int count() {
        requireOpen();
        return past.length() + unread.length;
    }

    @Override
    public void append(Message message, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        cancellation.throwIfCancelled();
        engine.call(() -> {
            requireOpen();
            Conversation.Step step = conversation.append(message);
            requireRoom(step.tokens().length, "The message has");
            read(past, step.tokens(), listener, cancellation);
            conversation = step.after();
            return null;
        });
    }

    /** Reads what is unread and these tokens, all or, if it fails or is called off, nothing. */
    private float[] read(
            Past into, int[] tokens, Consumer<? super GenerationEvent.Prefill> listener, Cancellation cancellation) {
        int[] all = Conversation.concatenate(unread, tokens);
        if (all.length == 0) {
            return new float[0];
        }
        int before = into.length();
        long startedAt = System.nanoTime();
        boolean complete = false;
        try {
            float[] logits = into.read(
                    all,
                    done -> listener.accept(new GenerationEvent.Prefill(
                            done, all.length, done / Math.max(1e-9, (System.nanoTime() - startedAt) / 1e9))),
                    cancellation);
            complete = true;
            if (into == past) {
                unread = new int[0];
            }
            return logits;
        } finally {
            if (!complete) {
                into.truncate(before);
            }
        }
    }

    @Override
    public Context fork() {
        return engine.call(() -> {
            requireOpen();
            return engine.opened(new LocalContext(engine, past.fork(), conversation, unread));
        });
    }

    @Override
    public double[] score(List<String> continuations) {
        int[][] tokens = continuations.stream().map(engine.tokenizer()::encode).toArray(int[][]::new);
        if (Arrays.stream(tokens).anyMatch(continuation -> continuation.length == 0)) {
            throw new IllegalArgumentException("a continuation must have at least one token");
        }
        return engine.call(() -> {
            requireOpen();
            int[] opening = conversation.openReply().tokens();
            int longest = Arrays.stream(tokens)
                    .mapToInt(continuation -> continuation.length)
                    .max()
                    .orElse(0);
            requireRoom(opening.length + longest, "The continuation has");
            try (Past here = past.fork()) {
                read(here, opening, progress -> {}, new Cancellation());
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
        return engine.call(() -> {
            requireOpen();
            GenerationEvent.Finished finished = write(request, listener, cancellation);
            listener.accept(finished);
            return finished;
        });
    }

    private GenerationEvent.Finished write(
            GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
        Conversation.Step opening = conversation.openReply();
        if (count() + opening.tokens().length >= engine.window()) {
            return nothingWritten(FinishReason.WINDOW_FULL);
        }
        int[] unreadBefore = unread;
        int before = past.length();
        float[] logits;
        try {
            logits = read(past, opening.tokens(), listener, cancellation);
        } catch (CancellationException e) {
            return nothingWritten(FinishReason.CANCELLED);
        }
        boolean settled = false;
        try {
            Reply reply = new Reply(past, engine.modelTokenizer(), engine.window(), request, listener, cancellation);
            GenerationEvent.Finished finished = reply.write(logits);
            if (finished.reason() == FinishReason.CANCELLED && finished.generatedTokens() == 0) {
                return nothingWritten(FinishReason.CANCELLED);
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

    private GenerationEvent.Finished nothingWritten(FinishReason reason) {
        return new GenerationEvent.Finished(reason, "", count(), 0, 0);
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

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this context is closed");
        }
    }

    @Override
    public void close() {
        engine.closing(this);
    }

    /** Frees the memory; on the engine's thread. */
    void free() {
        if (!closed) {
            closed = true;
            past.close();
        }
    }
}
