package io.lectern.app.desktop.conversation;

import static io.lectern.app.desktop.theme.Controls.button;
import static io.lectern.app.desktop.theme.Controls.icon;
import static io.lectern.app.desktop.theme.Controls.label;

import atlantafx.base.theme.Styles;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.app.desktop.theme.Controls;
import java.util.ArrayList;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.kordamp.ikonli.feather.Feather;

/** The right of the window: answers, the one being written, and the field to ask in. */
public final class ConversationView extends VBox {
    /** Answers shown before the earlier ones are asked for. */
    private static final int MOST_SHOWN = 30;

    private final ConversationViewModel model;
    private final VBox thread = new VBox(20);
    private final ScrollPane scroll = new ScrollPane(thread);
    private final TextArea composer = new TextArea();
    private final List<AnswerView> views = new ArrayList<>();
    private final ReadOnlyObjectProperty<Citation> active;
    private int shownFrom;
    private Node empty;

    /**
     * @param active the citation in hand
     * @param trouble what to show above the field: the notices of the conversation and of the engine
     */
    public ConversationView(ConversationViewModel model, ReadOnlyObjectProperty<Citation> active, Node trouble) {
        this.model = model;
        this.active = active;
        getStyleClass().addAll("pane", "conversation");
        setMinWidth(300);
        HBox head = new HBox(label("Conversation", "pane-title"));
        head.getStyleClass().add("pane-head");
        head.setAlignment(Pos.CENTER_LEFT);
        thread.getStyleClass().add("thread");
        scroll.setFitToWidth(true);
        scroll.getStyleClass().add("thread-scroll");
        scroll.setAccessibleText("Questions and answers");
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        VBox.setVgrow(scroll, Priority.ALWAYS);
        VBox foot = new VBox(8, trouble, composer());
        foot.getStyleClass().add("composer-wrap");
        getChildren().addAll(head, scroll, foot);

        model.answers().addListener((ListChangeListener<Answer>) change -> showAnswers());
        model.workingProperty().addListener((property, before, now) -> showAnswers());
        active.addListener((property, before, now) -> showActive());
        showAnswers();
    }

    /** Puts the cursor into the field. */
    public void focusComposer() {
        composer.requestFocus();
    }

    private void showAnswers() {
        List<Answer> answers = model.answers();
        shownFrom = Math.max(0, answers.size() - Math.max(MOST_SHOWN, answers.size() - shownFrom));
        List<Answer> wanted = answers.subList(Math.min(shownFrom, answers.size()), answers.size());
        List<AnswerView> kept = new ArrayList<>();
        for (Answer answer : wanted) {
            kept.add(views.stream()
                    .filter(view -> view.answer() == answer)
                    .findFirst()
                    .orElseGet(() ->
                            new AnswerView(answer, citation -> model.choose(answer, citation), model::tellTypedSpans)));
        }
        views.clear();
        views.addAll(kept);
        List<Node> nodes = new ArrayList<>();
        if (shownFrom > 0) {
            Hyperlink earlier = new Hyperlink("Show earlier answers");
            earlier.setOnAction(event -> {
                shownFrom = Math.max(0, shownFrom - MOST_SHOWN);
                showAnswers();
            });
            nodes.add(earlier);
        }
        nodes.addAll(views);
        if (model.workingProperty().get() != null) {
            nodes.add(working(model.workingProperty().get()));
        }
        if (nodes.isEmpty()) {
            nodes.add(emptyThread());
        }
        thread.getChildren().setAll(nodes);
        showActive();
        scrollToEnd();
    }

    private Node emptyThread() {
        if (empty == null) {
            empty = new VBox(
                    6,
                    label("Ask about the documents you have checked", "empty-title"),
                    Controls.paragraph(
                            "Lectern reads all of them, answers, and shows the passages that the answer rests on."
                                    + " Nothing leaves this machine unless you choose an engine that is a server.",
                            "muted"));
        }
        return empty;
    }

    private void showActive() {
        views.forEach(
                view -> view.setActive(view.answer() == model.currentProperty().get() ? active.get() : null));
    }

    /** After the layout that the new content needs. */
    private void scrollToEnd() {
        Platform.runLater(() -> {
            scroll.layout();
            Node last = thread.getChildren().getLast();
            double beyond = thread.getHeight() - scroll.getViewportBounds().getHeight();
            // A long answer is read from its question on.
            double from = Math.min(last.getBoundsInParent().getMinY() - 8, beyond);
            scroll.setVvalue(beyond <= 0 ? 0 : Math.clamp(from / beyond, 0, 1));
        });
    }

    private Node working(Working working) {
        Text draft = AnswerView.words("");
        draft.textProperty().bind(working.draftProperty());
        Text caret = new Text(" ▍");
        caret.getStyleClass().add("caret");
        TextFlow flow = new TextFlow(draft, caret);
        flow.getStyleClass().add("answer-text");
        flow.visibleProperty().bind(Bindings.isNotEmpty(working.draftProperty()));
        flow.managedProperty().bind(flow.visibleProperty());
        // The end of a growing draft stays in view while the reader has not scrolled away from it.
        flow.heightProperty().addListener((property, before, now) -> {
            if (scroll.getVvalue() > 0.98 || before.doubleValue() == 0) {
                scroll.setVvalue(1);
            }
        });
        Label stage = label("", "muted");
        stage.textProperty().bind(working.stageProperty());
        ProgressIndicator turning = new ProgressIndicator();
        turning.getStyleClass().add("turning");
        turning.setAccessibleText("Working");
        HBox state = new HBox(8, turning, stage);
        state.setAlignment(Pos.CENTER_LEFT);
        ThinkingFold thought = new ThinkingFold(
                        Bindings.createStringBinding(
                                () -> (working.draftProperty().get().isEmpty() ? "Thinking… " : "Thought for ")
                                        + Amounts.count(
                                                working.thinkingTokensProperty().get(), "token", "tokens"),
                                working.thinkingTokensProperty(),
                                working.draftProperty()),
                        working.thoughtEndProperty())
                .following();
        thought.visibleProperty().bind(Bindings.isNotEmpty(working.thoughtEndProperty()));
        thought.managedProperty().bind(thought.visibleProperty());
        VBox box = new VBox(10, AnswerView.question(working.question()), state, thought, flow);
        box.getStyleClass().add("answer");
        return box;
    }

    private Node composer() {
        composer.setPromptText("Ask about the checked documents");
        composer.setAccessibleText("Question");
        composer.setPrefRowCount(3);
        composer.setWrapText(true);
        composer.getStyleClass().add("composer-text");
        composer.textProperty().bindBidirectional(model.questionProperty());
        composer.addEventFilter(KeyEvent.KEY_PRESSED, event -> {
            if (event.getCode() == KeyCode.ENTER && event.isShortcutDown()) {
                model.ask();
                event.consume();
            } else if (event.getCode() == KeyCode.ESCAPE) {
                model.stop();
                event.consume();
            } else if (event.getCode() == KeyCode.TAB && !event.isShortcutDown()) {
                // Tab leads on, as in every form; a question needs none.
                leave(event.isShiftDown());
                event.consume();
            }
        });
        BooleanBinding busy = model.workingProperty().isNotNull();
        Button ask = button("Ask", model::ask, Styles.SMALL, Styles.ACCENT);
        ask.setId("ask");
        ask.disableProperty()
                .bind(Bindings.createBooleanBinding(
                        () -> model.questionProperty().get().isBlank(), model.questionProperty()));
        ask.visibleProperty().bind(busy.not());
        Button stop = button("Stop", model::stop, Styles.SMALL);
        stop.setId("stop");
        stop.setGraphic(icon(Feather.SQUARE));
        stop.setAccessibleText("Stop the answer");
        stop.visibleProperty().bind(busy);
        Button pause = button("Pause", model::pauseOrGoOn, Styles.SMALL);
        pause.setId("pause");
        pause.textProperty()
                .bind(Bindings.when(model.pausedProperty()).then("Go on").otherwise("Pause"));
        pause.setAccessibleText("Let the reading rest, or go on");
        pause.visibleProperty().bind(model.readingNowProperty());
        pause.managedProperty().bind(pause.visibleProperty());
        Button answerNow = button("Answer now", model::answerNow, Styles.SMALL);
        answerNow.setId("answer-now");
        answerNow.setAccessibleText("End the thinking and answer now");
        answerNow.visibleProperty().bind(model.thinkingNowProperty());
        answerNow.managedProperty().bind(answerNow.visibleProperty());
        Label hint = label("", "subtle");
        hint.textProperty().bind(Bindings.when(busy).then("Esc to stop").otherwise("Ctrl+Enter to ask"));
        StackPane buttons = new StackPane(ask, stop);
        buttons.setAlignment(Pos.CENTER_RIGHT);
        HBox row = new HBox(8, hint, thinkingMenu(busy), Controls.spring(), pause, answerNow, buttons);
        row.setAlignment(Pos.CENTER_LEFT);
        VBox box = new VBox(4, composer, row);
        box.getStyleClass().add("composer");
        return box;
    }

    /** Chooses how much the model may think; there only for a model that does, and not while it works. */
    private Node thinkingMenu(BooleanBinding busy) {
        ThinkingChoice choice = model.thinking();
        MenuButton menu = new MenuButton();
        menu.setId("thinking");
        menu.getStyleClass().addAll(Styles.SMALL, Styles.FLAT, "thinking-choice");
        menu.textProperty()
                .bind(Bindings.createStringBinding(
                        () -> "Thinking: "
                                + ThinkingChoice.name(choice.budgetProperty().get()),
                        choice.budgetProperty()));
        menu.setAccessibleText("How much the model may think before it answers");
        menu.setTooltip(new Tooltip("How much the model may think before it answers"));
        menu.setOnShowing(event -> menu.getItems()
                .setAll(choice.choices().stream()
                        .map(budget -> {
                            MenuItem item = new MenuItem(ThinkingChoice.name(budget) + " – " + choice.describe(budget));
                            item.setOnAction(chosen -> choice.budgetProperty().set(budget));
                            return item;
                        })
                        .toList()));
        // Without an item a menu button does not open, and so would never make any.
        menu.getItems().add(new MenuItem(""));
        menu.visibleProperty().bind(choice.offeredProperty().and(busy.not()));
        menu.managedProperty().bind(menu.visibleProperty());
        return menu;
    }

    private void leave(boolean backwards) {
        composer.requestFocusTraversal(
                backwards ? javafx.scene.TraversalDirection.PREVIOUS : javafx.scene.TraversalDirection.NEXT);
    }
}
