package io.lectern.engine;

/** What happens while a context reads or writes, in order. Called on the working thread: listeners must be quick. */
public sealed interface GenerationEvent {

    /**
     * The prompt is being read.
     *
     * @param done tokens of this prompt that the work done so far amounts to
     * @param total tokens of this prompt
     * @param tokensPerSecond speed so far
     * @param secondsLeft at that speed
     * @param progress exactly where the reading is
     */
    record Prefill(int done, int total, double tokensPerSecond, double secondsLeft, ReadingProgress progress)
            implements GenerationEvent {

        /** What can be said so long after the beginning. */
        public static Prefill of(ReadingProgress progress, int total, double seconds) {
            double read = progress.part() * total;
            double left = progress.part() > 0 ? seconds * (1 - progress.part()) / progress.part() : 0;
            return new Prefill((int) read, total, read / Math.max(1e-9, seconds), left, progress);
        }
    }

    /**
     * The model thought.
     *
     * @param text whole characters, without the markers between which it stands
     * @param tokens tokens of thinking so far, the markers' among them
     * @param tokensPerSecond speed so far
     */
    record Thought(String text, int tokens, double tokensPerSecond) implements GenerationEvent {}

    /**
     * Text of the answer was written.
     *
     * @param text whole characters, ready to show; never part of a stop string or of a marker of thinking
     * @param tokens tokens of the answer so far
     * @param tokensPerSecond speed so far, with that of thinking
     */
    record Text(String text, int tokens, double tokensPerSecond) implements GenerationEvent {}

    /**
     * Writing has ended.
     *
     * @param reason why
     * @param text the whole answer
     * @param thinking all that was thought before it; empty if nothing was
     * @param promptTokens tokens of the context before writing
     * @param answerTokens tokens written as answer
     * @param thinkingTokens tokens written as thinking, the markers' and those that the engine wrote to end it among them
     * @param tokensPerSecond decode speed
     */
    record Finished(
            FinishReason reason,
            String text,
            String thinking,
            int promptTokens,
            int answerTokens,
            int thinkingTokens,
            double tokensPerSecond)
            implements GenerationEvent {

        /** All tokens written. */
        public int generatedTokens() {
            return answerTokens + thinkingTokens;
        }
    }

    /** Why writing ended. */
    enum FinishReason {
        /** The model ended its turn. */
        END_OF_TURN,
        /** A stop string was written; it is not part of the text. */
        STOP_STRING,
        /** The request's token limit was reached. */
        TOKEN_LIMIT,
        /** The context window is full. */
        WINDOW_FULL,
        /** Called off. */
        CANCELLED
    }
}
