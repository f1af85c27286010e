package io.lectern.app.analysis;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * An engine that says what a test tells it to, so that every way an answer can go is gone; a token is a character. What a
 * real model says is for the tests that have one.
 */
final class ScriptedEngine implements Engine {
    private final String draft;
    private final ToDoubleFunction<String> probabilityOfYes;
    private final int window;
    final List<String> read = new ArrayList<>();
    final List<GenerationRequest> requests = new ArrayList<>();
    /** What the model thinks before it answers, where it may; empty for one that does not think. */
    String thought = "";

    int open;

    /**
     * @param draft what the model writes, word by word
     * @param probabilityOfYes what it makes of the last message of a context
     */
    ScriptedEngine(String draft, ToDoubleFunction<String> probabilityOfYes, int window) {
        this.draft = draft;
        this.probabilityOfYes = probabilityOfYes;
        this.window = window;
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo("script", "none", "", "", 0, window, 0, "here", true, true);
    }

    @Override
    public Tokenizer tokenizer() {
        return new Tokenizer() {
            @Override
            public int[] encode(String text) {
                return text.chars().toArray();
            }

            @Override
            public String decode(int[] tokens) {
                return new String(tokens, 0, tokens.length);
            }
        };
    }

    @Override
    public boolean thinks() {
        return !thought.isEmpty();
    }

    @Override
    public Context newContext() {
        return new Script("");
    }

    @Override
    public void close() {}

    private final class Script implements Context {
        private String said;

        Script(String said) {
            this.said = said;
            open++;
        }

        @Override
        public int tokenCount() {
            return said.length();
        }

        @Override
        public void append(Message message, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
            cancellation.throwIfCancelled();
            read.add(message.content());
            said += message.content();
            listener.accept(GenerationEvent.Prefill.of(ReadingProgress.ofTokens(1, 1), said.length(), said.length()));
        }

        @Override
        public Context fork() {
            return new Script(said);
        }

        @Override
        public double[] score(
                List<String> continuations, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
            double yes = probabilityOfYes.applyAsDouble(said);
            return new double[] {Math.log(yes), Math.log(1 - yes)};
        }

        @Override
        public GenerationEvent.Finished generate(
                GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
            requests.add(request);
            if (thinks() && request.thinking().budget().tokens() > 0) {
                listener.accept(new GenerationEvent.Thought(thought, thought.length(), 1));
            }
            String[] words = draft.split("(?<= )");
            StringBuilder written = new StringBuilder();
            for (String word : words) {
                if (cancellation.isCancelled()) {
                    return finished(FinishReason.CANCELLED, written);
                }
                written.append(word);
                listener.accept(new GenerationEvent.Text(word, written.length(), 1));
            }
            return finished(FinishReason.END_OF_TURN, written);
        }

        private GenerationEvent.Finished finished(FinishReason reason, StringBuilder written) {
            String before = requests.getLast().thinking().budget().tokens() > 0 ? thought : "";
            return new GenerationEvent.Finished(
                    reason, written.toString(), before, said.length(), written.length(), before.length(), 1);
        }

        @Override
        public void close() {
            open--;
        }
    }
}
