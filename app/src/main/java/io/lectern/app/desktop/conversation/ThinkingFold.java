package io.lectern.app.desktop.conversation;

import io.lectern.app.desktop.theme.Controls;
import javafx.application.Platform;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.TextArea;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** What a model thought, folded: a line that says how much, and on a click the words. */
final class ThinkingFold extends VBox {
    private static final int ROWS = 10;

    private final TextArea words = new TextArea();
    private final FontIcon chevron = Controls.icon(Feather.CHEVRON_RIGHT, "fold-chevron");

    /**
     * @param title how much was thought
     * @param thought the words
     */
    ThinkingFold(ObservableValue<String> title, ObservableValue<String> thought) {
        super(6);
        getStyleClass().add("thinking");
        Hyperlink fold = new Hyperlink();
        fold.textProperty().bind(title);
        fold.setGraphic(chevron);
        fold.getStyleClass().addAll("more", "thinking-title");
        fold.setOnAction(event -> turn());
        words.textProperty().bind(thought);
        words.setEditable(false);
        words.setWrapText(true);
        words.setPrefRowCount(ROWS);
        words.getStyleClass().add("thinking-words");
        words.setAccessibleText("What the model thought");
        words.setVisible(false);
        words.managedProperty().bind(words.visibleProperty());
        getChildren().addAll(fold, words);
    }

    /** Shows the end of the words while they grow. */
    ThinkingFold following() {
        words.textProperty().addListener((property, before, now) -> scrollToEnd());
        words.visibleProperty().addListener((property, before, now) -> scrollToEnd());
        return this;
    }

    /** The end is where the next layout puts it. */
    private void scrollToEnd() {
        Platform.runLater(() -> words.setScrollTop(Double.MAX_VALUE));
    }

    private void turn() {
        words.setVisible(!words.isVisible());
        chevron.setIconCode(words.isVisible() ? Feather.CHEVRON_DOWN : Feather.CHEVRON_RIGHT);
    }
}
