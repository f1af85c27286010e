package io.lectern.app.desktop.conversation;

import io.lectern.engine.Cancellation;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;

/** A question that is being answered. */
public final class Working {
    private final String question;
    private final Cancellation cancellation = new Cancellation();
    private final StringBuilder written = new StringBuilder();
    private final ReadOnlyStringWrapper draft = new ReadOnlyStringWrapper(this, "draft", "");
    private final ReadOnlyStringWrapper stage = new ReadOnlyStringWrapper(this, "stage", "");

    Working(String question) {
        this.question = question;
    }

    public String question() {
        return question;
    }

    /** What the model has written so far. */
    public ReadOnlyStringProperty draftProperty() {
        return draft.getReadOnlyProperty();
    }

    /** What is being done, in words. */
    public ReadOnlyStringProperty stageProperty() {
        return stage.getReadOnlyProperty();
    }

    Cancellation cancellation() {
        return cancellation;
    }

    void write(String more) {
        written.append(more);
    }

    /** Shows all that was written since the last time. */
    void show(String stageWords) {
        stage.set(stageWords);
        if (written.length() != draft.get().length()) {
            draft.set(written.toString());
        }
    }
}
