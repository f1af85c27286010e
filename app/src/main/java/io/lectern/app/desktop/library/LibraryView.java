package io.lectern.app.desktop.library;

import static io.lectern.app.desktop.theme.Controls.label;
import static io.lectern.app.desktop.theme.Controls.tool;

import atlantafx.base.controls.CustomTextField;
import atlantafx.base.theme.Styles;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.app.desktop.theme.Controls;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/** The left of the window: the files of the matter, with a check box for what the model reads. */
public final class LibraryView extends VBox {
    /** Folders are open at first as long as there are no more rows than a window shows. */
    private static final int MOST_OPEN_ROWS = 60;

    private final LibraryViewModel model;
    private final Consumer<LibraryNode> opener;
    private final TreeView<LibraryNode> tree = new TreeView<>();

    /**
     * @param opener shows a file
     * @param addFiles asks for files and adds them
     * @param addFolder asks for a folder and adds it
     */
    public LibraryView(LibraryViewModel model, Consumer<LibraryNode> opener, Runnable addFiles, Runnable addFolder) {
        this.model = model;
        this.opener = opener;
        getStyleClass().add("pane");
        setMinWidth(220);
        setPrefWidth(320);
        SplitPane.setResizableWithParent(this, false);
        HBox head = new HBox(
                label("Library", "pane-title"),
                Controls.spring(),
                tool(Feather.FILE_PLUS, "Add files", addFiles),
                tool(Feather.FOLDER_PLUS, "Add a folder", addFolder));
        head.getStyleClass().add("pane-head");
        head.setAlignment(Pos.CENTER_LEFT);
        CustomTextField filter = new CustomTextField();
        filter.setLeft(Controls.icon(Feather.FILTER));
        filter.setPromptText("Filter by name");
        filter.setAccessibleText("Filter documents by name");
        filter.getStyleClass().add(Styles.SMALL);
        filter.textProperty().bindBidirectional(model.filterProperty());
        VBox filterRow = new VBox(filter);
        filterRow.getStyleClass().add("library-filter");
        tree.setShowRoot(false);
        tree.setFixedCellSize(30);
        tree.getStyleClass().addAll(Styles.DENSE, "library-tree");
        tree.setAccessibleText("Documents of the matter");
        tree.setCellFactory(view -> new LibraryCell(model));
        tree.getSelectionModel().selectedItemProperty().addListener((property, before, now) -> open(now));
        tree.addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        VBox.setVgrow(tree, Priority.ALWAYS);
        getChildren().addAll(head, filterRow, tree, foot());
        model.rootProperty().addListener((property, before, now) -> show());
        model.filterProperty().addListener((property, before, now) -> show());
        show();
    }

    private HBox foot() {
        Label files = label("", "muted");
        Label tokens = Controls.whole("", "muted");
        files.textProperty()
                .bind(Bindings.createStringBinding(
                        () -> Amounts.count(model.chosenCountProperty().get()) + " of "
                                + Amounts.count(model.entries().size(), "file", "files") + " checked",
                        model.chosenCountProperty(),
                        model.rootProperty()));
        tokens.textProperty()
                .bind(Bindings.createStringBinding(
                        () -> tokens(model.chosenTokensProperty().get(), model.isExact()) + " tokens",
                        model.chosenTokensProperty(),
                        model.rootProperty()));
        HBox foot = new HBox(8, files, Controls.spring(), tokens);
        foot.getStyleClass().add("pane-foot");
        return foot;
    }

    static String tokens(long count, boolean exact) {
        return (exact ? "" : "≈ ") + Amounts.count(count);
    }

    private void show() {
        LibraryNode root = model.rootProperty().get();
        if (root == null) {
            return;
        }
        String wanted = model.filterProperty().get().strip().toLowerCase(Locale.ROOT);
        int[] files = {0};
        root.files(file -> files[0]++);
        TreeItem<LibraryNode> item = item(root, wanted, !wanted.isEmpty() || files[0] <= MOST_OPEN_ROWS);
        tree.setRoot(item == null ? new TreeItem<>(root) : item);
        tree.getRoot().setExpanded(true);
    }

    /** The row of a node with what matches below it; null if nothing does. */
    private static TreeItem<LibraryNode> item(LibraryNode node, String wanted, boolean open) {
        if (!node.isFolder()) {
            boolean matches = node.name().toLowerCase(Locale.ROOT).contains(wanted);
            return matches ? new TreeItem<>(node) : null;
        }
        List<TreeItem<LibraryNode>> below = node.children().stream()
                .map(child -> item(child, wanted, open))
                .filter(Objects::nonNull)
                .toList();
        if (below.isEmpty()) {
            return null;
        }
        TreeItem<LibraryNode> item = new TreeItem<>(node);
        item.getChildren().setAll(below);
        item.setExpanded(open);
        return item;
    }

    private void open(TreeItem<LibraryNode> item) {
        if (item != null
                && !item.getValue().isFolder()
                && item.getValue().entry().documentId() != null) {
            opener.accept(item.getValue());
        }
    }

    private void press(KeyEvent event) {
        TreeItem<LibraryNode> item = tree.getSelectionModel().getSelectedItem();
        if (item == null) {
            return;
        }
        LibraryNode node = item.getValue();
        if (event.getCode() == KeyCode.SPACE && node.isUsable()) {
            model.choose(node, node.choiceProperty().get() != Choice.ALL);
            event.consume();
        } else if (event.getCode() == KeyCode.ENTER) {
            open(item);
            event.consume();
        }
    }
}
