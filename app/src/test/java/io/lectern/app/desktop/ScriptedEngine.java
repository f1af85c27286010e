package io.lectern.app.desktop;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.Thinking;
import io.lectern.engine.Tokenizer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * An engine that says what it is told to, where a real model would take minutes: it reads in chunks, finds everything it
 * is asked likely, and writes its draft word by word.
 */
final class ScriptedEngine implements Engine {
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int CHUNK = 128;

    private final int window;
    private volatile String draft;
    private volatile String thought = "";
    private volatile double probabilityOfYes = 0.9;
    private volatile CountDownLatch readingGate = new CountDownLatch(0);
    private volatile CountDownLatch writingGate = new CountDownLatch(0);
    private volatile boolean closed;

    ScriptedEngine(int window, String draft) {
        this.window = window;
        this.draft = draft;
    }

    /** From now on the first word asked for in a pair is found this likely. */
    void setProbabilityOfYes(double probability) {
        probabilityOfYes = probability;
    }

    /** Writes this from now on. */
    void setDraft(String text) {
        draft = text;
    }

    /** From now on this is a model that thinks: this, over and over, until its budget is spent or the answer wanted. */
    void setThought(String text) {
        thought = text;
    }

    /** Holds every long reading after its first half until the latch is counted down or the reading is cancelled. */
    void holdReading(CountDownLatch gate) {
        readingGate = gate;
    }

    /** Holds every draft after its first half. */
    void holdWriting(CountDownLatch gate) {
        writingGate = gate;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo("Scripted", "scripted", "F32", "", 1, window, 0, "this machine (a test)", true, true);
    }

    @Override
    public Tokenizer tokenizer() {
        return new Tokenizer() {
            @Override
            public int[] encode(String text) {
                return new int[count(text)];
            }

            @Override
            public int count(String text) {
                return (text.length() + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
            }

            @Override
            public String decode(int[] tokens) {
                return "";
            }
        };
    }

    @Override
    public boolean thinks() {
        return !thought.isEmpty();
    }

    @Override
    public Context newContext() {
        return new ScriptedContext(0);
    }

    @Override
    public void close() {
        closed = true;
    }

    private static void await(CountDownLatch gate, Cancellation cancellation) {
        try {
            while (!gate.await(5, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
        } catch (InterruptedException e) {
            throw new EngineException(EngineException.Reason.FAILED, "interrupted", e);
        }
    }

    private final class ScriptedContext implements Context {
        private int tokens;

        ScriptedContext(int tokens) {
            this.tokens = tokens;
        }

        @Override
        public int tokenCount() {
            return tokens;
        }

        @Override
        public void append(Message message, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
            int total = tokenizer().count(message.content());
            if (tokens + total > window) {
                throw new EngineException(EngineException.Reason.DOES_NOT_FIT, "It does not fit.");
            }
            for (int done = Math.min(CHUNK, total); ; done = Math.min(done + CHUNK, total)) {
                cancellation.throwIfCancelled();
                listener.accept(new GenerationEvent.Prefill(
                        done, total, 88, (total - done) / 88.0, ReadingProgress.ofTokens(done, total)));
                if (total > 2 * CHUNK && done >= total / 2) {
                    await(readingGate, cancellation);
                }
                if (done == total) {
                    break;
                }
            }
            tokens += total;
        }

        @Override
        public Context fork() {
            return new ScriptedContext(tokens);
        }

        @Override
        public double[] score(
                List<String> continuations, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
            double[] scores = new double[continuations.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] =
                        Math.log(i == 0 ? probabilityOfYes : (1 - probabilityOfYes) / Math.max(1, scores.length - 1));
            }
            return scores;
        }

        @Override
        public GenerationEvent.Finished generate(
                GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
            StringBuilder thinking = new StringBuilder();
            int thinkingTokens = think(request.thinking(), thinking, listener, cancellation);
            StringBuilder written = new StringBuilder();
            String[] words = draft.split("(?<= )");
            GenerationEvent.FinishReason reason = GenerationEvent.FinishReason.END_OF_TURN;
            for (int i = 0; i < words.length; i++) {
                if (i == words.length / 2) {
                    try {
                        await(writingGate, cancellation);
                    } catch (java.util.concurrent.CancellationException e) {
                        reason = GenerationEvent.FinishReason.CANCELLED;
                        break;
                    }
                }
                written.append(words[i]);
                listener.accept(new GenerationEvent.Text(words[i], i + 1, 21.4));
            }
            GenerationEvent.Finished finished = new GenerationEvent.Finished(
                    reason, written.toString(), thinking.toString(), tokens, words.length, thinkingTokens, 21.4);
            listener.accept(finished);
            return finished;
        }

        private int think(
                Thinking leave, StringBuilder thinking, Consumer<GenerationEvent> listener, Cancellation cancellation) {
            int thought = 0;
            while (thinks() && thought < leave.budget().tokens() && !leave.isEnded() && !cancellation.isCancelled()) {
                thought += tokenizer().count(ScriptedEngine.this.thought);
                thinking.append(ScriptedEngine.this.thought);
                listener.accept(new GenerationEvent.Thought(ScriptedEngine.this.thought, thought, 21.4));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            return thought;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
