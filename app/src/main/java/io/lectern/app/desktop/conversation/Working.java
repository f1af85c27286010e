package io.lectern.app.desktop.conversation;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Thinking;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;

/** A question that is being answered. */
public final class Working {
    private final String question;
    /** Characters of a thinking that are shown while it goes on: its end, for the whole may be a book. */
    private static final int SHOWN_THOUGHT = 2_000;

    private final Thinking thinking;
    private final Cancellation cancellation = new Cancellation();
    private final StringBuilder written = new StringBuilder();
    private final StringBuilder thought = new StringBuilder();
    private final ReadOnlyIntegerWrapper thinkingTokens = new ReadOnlyIntegerWrapper(this, "thinkingTokens");
    private final ReadOnlyStringWrapper thoughtEnd = new ReadOnlyStringWrapper(this, "thoughtEnd", "");
    private final ReadOnlyStringWrapper draft = new ReadOnlyStringWrapper(this, "draft", "");
    private final ReadOnlyStringWrapper stage = new ReadOnlyStringWrapper(this, "stage", "");

    /** @param thinking leave to think before the answer */
    Working(String question, Thinking thinking) {
        this.question = question;
        this.thinking = thinking;
    }

    public String question() {
        return question;
    }

    /** What the model has written so far. */
    public ReadOnlyStringProperty draftProperty() {
        return draft.getReadOnlyProperty();
    }

    /** Tokens that the model has thought so far; 0 while it has not. */
    public ReadOnlyIntegerProperty thinkingTokensProperty() {
        return thinkingTokens.getReadOnlyProperty();
    }

    /** The last of what the model has thought so far. */
    public ReadOnlyStringProperty thoughtEndProperty() {
        return thoughtEnd.getReadOnlyProperty();
    }

    /** What is being done, in words. */
    public ReadOnlyStringProperty stageProperty() {
        return stage.getReadOnlyProperty();
    }

    Cancellation cancellation() {
        return cancellation;
    }

    Thinking thinking() {
        return thinking;
    }

    void think(String more, int tokens) {
        thought.append(more);
        thought.delete(0, Math.max(0, thought.length() - SHOWN_THOUGHT));
        thinkingTokens.set(tokens);
    }

    void write(String more) {
        written.append(more);
    }

    /** Shows all that was written since the last time. */
    void show(String stageWords) {
        stage.set(stageWords);
        if (!thought.isEmpty()) {
            boolean whole = thought.length() < SHOWN_THOUGHT;
            thoughtEnd.set(whole ? thought.toString() : "…" + thought.substring(thought.indexOf(" ") + 1));
        }
        if (written.length() != draft.get().length()) {
            draft.set(written.toString());
        }
    }
}
