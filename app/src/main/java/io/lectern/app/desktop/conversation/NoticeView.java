package io.lectern.app.desktop.conversation;

import static io.lectern.app.desktop.theme.Controls.button;

import atlantafx.base.theme.Styles;
import io.lectern.app.desktop.context.EngineViewModel;
import io.lectern.app.desktop.task.Problem;
import io.lectern.app.desktop.theme.Controls;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;

/** What stood in the way, above the field to ask in, with what can be done about it. */
public final class NoticeView extends VBox {
    private final ConversationViewModel conversation;
    private final EngineViewModel engines;
    private final Supplier<Optional<Path>> modelChooser;

    /** @param modelChooser asks the user for a model file */
    public NoticeView(
            ConversationViewModel conversation, EngineViewModel engines, Supplier<Optional<Path>> modelChooser) {
        this.conversation = conversation;
        this.engines = engines;
        this.modelChooser = modelChooser;
        setAccessibleRole(AccessibleRole.PARENT);
        managedProperty().bind(visibleProperty());
        conversation.problemProperty().addListener((property, before, now) -> show(now));
        show(conversation.problemProperty().get());
    }

    private void show(Problem problem) {
        setVisible(problem != null);
        getChildren().clear();
        if (problem == null) {
            return;
        }
        boolean missing = problem.kind() == Problem.Kind.MODEL_MISSING;
        boolean wrong = !missing && problem.kind() != Problem.Kind.DONE;
        getStyleClass().setAll("notice", wrong ? "problem" : "offer");
        getChildren().add(Controls.paragraph(problem.message(), "notice-words"));
        FlowPane actions = new FlowPane(8, 8);
        if (missing) {
            getChildren().add(Controls.paragraph(engines.offer(), "notice-words"));
            actions.getChildren()
                    .addAll(
                            button(engines.consent(), this::obtain, Styles.SMALL, Styles.ACCENT),
                            button("Choose a model file…", this::chooseModel, Styles.SMALL));
        } else if (problem.kind() == Problem.Kind.DOES_NOT_FIT) {
            actions.getChildren().add(button("Choose a model file…", this::chooseModel, Styles.SMALL));
        }
        actions.getChildren().add(button(missing ? "Not now" : "Dismiss", conversation::dismissProblem, Styles.SMALL));
        getChildren().add(actions);
    }

    private void obtain() {
        conversation.dismissProblem();
        engines.obtain(conversation::ask);
    }

    private void chooseModel() {
        modelChooser.get().ifPresent(file -> {
            conversation.dismissProblem();
            engines.use(file, conversation::ask);
        });
    }
}
