package io.lectern.app.analysis;

/** What happens while a question is being answered, in order. Called on the working thread. */
public sealed interface AnswerEvent {
    /** The documents or the question are being read. */
    record Reading(int doneTokens, int totalTokens, double tokensPerSecond) implements AnswerEvent {}

    /** The model thought further before it drafts. */
    record Thinking(String text, int tokens, double tokensPerSecond) implements AnswerEvent {}

    /** The model wrote more of its draft. */
    record Drafting(String text, int tokens, double tokensPerSecond) implements AnswerEvent {}

    /** The draft is being grounded and judged. */
    record Checking(String what) implements AnswerEvent {}

    /** Done; the answer is stored by now. */
    record Answered(Answer answer) implements AnswerEvent {}
}
