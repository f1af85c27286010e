package io.lectern.app.desktop.context;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.PromptAssembler;
import io.lectern.app.desktop.library.LibraryViewModel;
import io.lectern.app.desktop.task.Activities;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.engine.EngineInfo;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;

/** How much of the model's window is used, which engine it is, and what is under way. */
public final class ContextViewModel {
    private final LibraryViewModel library;
    private final Activities activities;
    private final ObjectProperty<EngineInfo> engine = new SimpleObjectProperty<>(this, "engine");
    private final ObjectProperty<Answer> lastAnswer = new SimpleObjectProperty<>(this, "lastAnswer");
    private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(this, "fraction");
    private final ReadOnlyBooleanWrapper over = new ReadOnlyBooleanWrapper(this, "over");
    private final ReadOnlyStringWrapper used = new ReadOnlyStringWrapper(this, "used", "");
    private final ReadOnlyStringWrapper remark = new ReadOnlyStringWrapper(this, "remark", "");
    private final ReadOnlyStringWrapper engineWords = new ReadOnlyStringWrapper(this, "engineWords", "");

    public ContextViewModel(LibraryViewModel library, Activities activities) {
        this.library = library;
        this.activities = activities;
        library.chosenTokensProperty().addListener((property, before, now) -> update());
        library.rootProperty().addListener((property, before, now) -> update());
        engine.addListener((property, before, now) -> update());
        lastAnswer.addListener((property, before, now) -> update());
        update();
    }

    public Activities activities() {
        return activities;
    }

    /** The engine that is open; null while none is. */
    public ObjectProperty<EngineInfo> engineProperty() {
        return engine;
    }

    /** The last answer of the engine that is to be opened, null if there is none: meanwhile it tells the engine's window. */
    public ObjectProperty<Answer> lastAnswerProperty() {
        return lastAnswer;
    }

    /** How much of the window the chosen documents take, with the room kept for question and answer; above 1 they do not fit. */
    public ReadOnlyDoubleProperty fractionProperty() {
        return fraction.getReadOnlyProperty();
    }

    /** Whether the chosen documents do not fit. */
    public ReadOnlyBooleanProperty overProperty() {
        return over.getReadOnlyProperty();
    }

    /** "8,120 / 32,768 tokens". */
    public ReadOnlyStringProperty usedProperty() {
        return used.getReadOnlyProperty();
    }

    /** "24,648 free", or by how much the choice is too large. */
    public ReadOnlyStringProperty remarkProperty() {
        return remark.getReadOnlyProperty();
    }

    /** Which engine, and where it runs. */
    public ReadOnlyStringProperty engineWordsProperty() {
        return engineWords.getReadOnlyProperty();
    }

    private void update() {
        long tokens = library.chosenTokensProperty().get();
        String chosen = (library.isExact() ? "" : "≈ ") + Amounts.count(tokens);
        long window = window();
        if (window == 0) {
            fraction.set(0);
            over.set(false);
            used.set(chosen + " tokens");
            remark.set("");
        } else {
            long free = window - PromptAssembler.RESERVED_TOKENS - tokens;
            fraction.set((double) (tokens + PromptAssembler.RESERVED_TOKENS) / window);
            over.set(free < 0);
            used.set(chosen + " / " + Amounts.count(window) + " tokens");
            remark.set(
                    free < 0
                            ? Amounts.count(-free) + " too many: uncheck documents, or use a larger model"
                            : Amounts.count(free) + " free");
        }
        engineWords.set(describe());
    }

    private long window() {
        if (engine.get() != null) {
            return engine.get().contextWindow();
        }
        return lastAnswer.get() == null ? 0 : lastAnswer.get().coverage().window();
    }

    private String describe() {
        EngineInfo info = engine.get();
        if (info != null) {
            return info.model() + " · " + (info.local() ? info.runsOn() : "text goes to " + info.runsOn());
        }
        return lastAnswer.get() == null
                ? "No model loaded"
                : lastAnswer.get().model().name() + ", loaded when you ask";
    }
}
