package io.lectern.engine;

/**
 * Leave to think before one reply: how much, and a switch that any thread can turn to have the answer now. Made anew for
 * each reply, as a switch that was turned stays so.
 */
public final class Thinking {
    private final ThinkingBudget budget;
    private volatile boolean ended;

    public Thinking(ThinkingBudget budget) {
        this.budget = budget;
    }

    /** No thinking. */
    public static Thinking none() {
        return new Thinking(ThinkingBudget.NONE);
    }

    public ThinkingBudget budget() {
        return budget;
    }

    /** Ends the thinking at the next token: the model answers with what it has thought of so far. */
    public void answerNow() {
        ended = true;
    }

    /** Whether the answer is wanted now. */
    public boolean isEnded() {
        return ended;
    }
}
