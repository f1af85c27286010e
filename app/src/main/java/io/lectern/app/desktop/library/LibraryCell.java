package io.lectern.app.desktop.library;

import io.lectern.app.desktop.theme.Controls;
import io.lectern.app.desktop.viewer.ViewerView;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.matter.LibraryEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javafx.beans.value.ChangeListener;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.control.TreeCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** A row of the library: check box, picture, name, badge of findings, tokens. */
final class LibraryCell extends TreeCell<LibraryNode> {
    private final LibraryViewModel model;
    private final CheckBox check = new CheckBox();
    private final FontIcon picture = Controls.icon(Feather.FILE);
    private final Label name = Controls.fileName("", "library-name");
    private final Button badge = new Button();
    private final Label tokens = Controls.whole("", "token-count");
    private final HBox row = new HBox(8, check, picture, name, badge, tokens);
    private final ChangeListener<Choice> onChoice = (property, before, now) -> showChoice(now);
    private final ChangeListener<Number> onTokens = (property, before, now) -> showTokens();
    private LibraryNode shown;

    LibraryCell(LibraryViewModel model) {
        this.model = model;
        setPrefWidth(0); // rows are as wide as the tree, never wider
        row.setAlignment(Pos.CENTER_LEFT);
        HBox.setHgrow(name, Priority.ALWAYS);
        name.setMaxWidth(Double.MAX_VALUE);
        check.setAllowIndeterminate(false);
        // The row takes the keys: one stop for the tabulator instead of two a row.
        check.setFocusTraversable(false);
        check.setOnAction(event -> model.choose(shown, shown.choiceProperty().get() != Choice.ALL));
        badge.getStyleClass().add("finding-badge");
        badge.setFocusTraversable(false);
        badge.setMinWidth(USE_PREF_SIZE);
        badge.setOnAction(
                event -> FindingsPopOver.show(badge, shown.name(), shown.entry().findings()));
        badge.managedProperty().bind(badge.visibleProperty());
    }

    @Override
    protected void updateItem(LibraryNode node, boolean empty) {
        super.updateItem(node, empty);
        if (shown != null) {
            shown.choiceProperty().removeListener(onChoice);
            shown.tokensProperty().removeListener(onTokens);
            shown = null;
        }
        setText(null);
        if (empty || node == null) {
            setGraphic(null);
            setTooltip(null);
            return;
        }
        shown = node;
        node.choiceProperty().addListener(onChoice);
        node.tokensProperty().addListener(onTokens);
        name.setText(node.name());
        picture.setIconCode(
                node.isFolder()
                        ? Feather.FOLDER
                        : ViewerView.pictureOf(node.entry().format()));
        boolean usable = node.isUsable();
        name.getStyleClass().remove("unusable");
        if (!usable) {
            name.getStyleClass().add("unusable");
        }
        check.setDisable(!usable);
        check.setAccessibleText("Let the model read " + node.name());
        setTooltip(new Tooltip(node.isFolder() ? node.toString().substring(1) : about(node.entry())));
        showBadge(node.isFolder() ? List.of() : node.entry().findings());
        showChoice(node.choiceProperty().get());
        showTokens();
        setGraphic(row);
    }

    private void showChoice(Choice choice) {
        check.setIndeterminate(choice == Choice.SOME);
        check.setSelected(choice == Choice.ALL);
    }

    private void showTokens() {
        boolean usable = shown.isUsable();
        tokens.setText(usable ? LibraryView.tokens(shown.tokensProperty().get(), shown.isExact()) : "–");
        setAccessibleText(shown.name() + ", " + tokens.getText() + " tokens");
    }

    private void showBadge(List<Finding> findings) {
        badge.setVisible(!findings.isEmpty());
        if (findings.isEmpty()) {
            return;
        }
        Finding.Severity worst = findings.stream()
                .map(Finding::severity)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        badge.setText(Integer.toString(findings.size()));
        badge.getStyleClass().removeAll("note", "warning", "error");
        badge.getStyleClass().add(worst.name().toLowerCase(Locale.ROOT));
        String words = findings.size() == 1 ? "1 finding" : findings.size() + " findings";
        badge.setAccessibleText(words + " about " + shown.name());
        badge.setTooltip(new Tooltip(words));
    }

    private static String about(LibraryEntry entry) {
        return switch (entry.status()) {
            case READY, UNREADABLE -> entry.path() + "\n" + entry.format().label();
            case LEFT_OUT -> entry.path() + "\nLeft out";
            case MISSING -> entry.path() + "\nThe file is gone from its folder; what was read of it is kept.";
        };
    }
}
