package io.lectern.engine;

/** What happens while a context reads or writes, in order. Called on the working thread: listeners must be quick. */
public sealed interface GenerationEvent {

    /**
     * The prompt is being read.
     *
     * @param done tokens read of this prompt
     * @param total tokens of this prompt
     * @param tokensPerSecond speed so far
     */
    record Prefill(int done, int total, double tokensPerSecond) implements GenerationEvent {}

    /**
     * Text was written.
     *
     * @param text whole characters, ready to show; never part of a stop string
     * @param tokens tokens generated so far
     * @param tokensPerSecond speed so far
     */
    record Text(String text, int tokens, double tokensPerSecond) implements GenerationEvent {}

    /**
     * Writing has ended.
     *
     * @param reason why
     * @param text all that was written
     * @param promptTokens tokens of the context before writing
     * @param generatedTokens tokens written
     * @param tokensPerSecond decode speed
     */
    record Finished(FinishReason reason, String text, int promptTokens, int generatedTokens, double tokensPerSecond)
            implements GenerationEvent {}

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
