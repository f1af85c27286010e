package io.lectern.app.analysis;

import io.lectern.engine.GenerationEvent;
import java.util.function.Consumer;

/** What happens while a question is being answered, in order. Called on the working thread. */
public sealed interface AnswerEvent {
    /** The documents or the question are being read. */
    record Reading(int doneTokens, int totalTokens, double tokensPerSecond) implements AnswerEvent {

        /** Tells a listener what an engine says of its reading. */
        static Consumer<GenerationEvent.Prefill> from(Consumer<AnswerEvent> listener) {
            return prefill -> listener.accept(new Reading(prefill.done(), prefill.total(), prefill.tokensPerSecond()));
        }
    }

    /** What was read another time was taken from disk. */
    record TakenUp(int tokens, double seconds) implements AnswerEvent {}

    /** Something that does not stop the work and that the user should know, in a sentence. */
    record Remark(String text) implements AnswerEvent {}

    /** The model thought further before it drafts. */
    record Thinking(String text, int tokens, double tokensPerSecond) implements AnswerEvent {}

    /** The model wrote more of its draft. */
    record Drafting(String text, int tokens, double tokensPerSecond) implements AnswerEvent {}

    /** The draft is being grounded and judged. */
    record Checking(String what) implements AnswerEvent {}

    /** Done; the answer is stored by now. */
    record Answered(Answer answer) implements AnswerEvent {}
}
