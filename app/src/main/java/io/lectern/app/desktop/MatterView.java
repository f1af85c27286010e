package io.lectern.app.desktop;

import static io.lectern.app.desktop.theme.Controls.label;
import static io.lectern.app.desktop.theme.Controls.tool;

import atlantafx.base.theme.Styles;
import io.lectern.app.desktop.context.ContextBar;
import io.lectern.app.desktop.conversation.ConversationView;
import io.lectern.app.desktop.conversation.NoticeView;
import io.lectern.app.desktop.library.LibraryView;
import io.lectern.app.desktop.theme.Controls;
import io.lectern.app.desktop.theme.Theme;
import io.lectern.app.desktop.viewer.ViewerView;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Window;
import org.kordamp.ikonli.feather.Feather;

/** A matter in the window: library left, document in the middle, conversation right, context along the bottom. */
final class MatterView extends BorderPane {
    private final Workbench workbench;
    private final Window window;
    private final ViewerView viewer;
    private final ConversationView conversation;

    MatterView(Workbench workbench, Window window) {
        this.workbench = workbench;
        this.window = window;
        LibraryView library = new LibraryView(
                workbench.library(),
                node -> workbench
                        .viewer()
                        .open(node.entry().documentId(), node.entry().name()),
                this::addFiles,
                this::addFolder);
        viewer = new ViewerView(workbench.viewer(), workbench.background());
        conversation = new ConversationView(
                workbench.conversation(),
                workbench.viewer().activeProperty(),
                new NoticeView(workbench.conversation(), workbench.engines(), this::chooseModel));
        SplitPane split = new SplitPane(library, viewer, conversation);
        split.getStyleClass().add("shell-split");
        split.setDividerPositions(0.225, 0.69);
        SplitPane.setResizableWithParent(conversation, false);
        setTop(header());
        setCenter(split);
        setBottom(new ContextBar(workbench.context()));
    }

    void startFind() {
        viewer.startFind();
    }

    /** Whether the library, the document in front and the answers are there. */
    boolean isDrawn() {
        boolean documentDrawn =
                workbench.viewer().currentProperty().get() == null ? !workbench.awaitsDocument() : viewer.isDrawn();
        return workbench.isLoaded() && documentDrawn;
    }

    private Node header() {
        MenuButton export = new MenuButton(null, Controls.icon(Feather.DOWNLOAD));
        export.getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT, "tool");
        export.setAccessibleText("Export a report");
        export.setTooltip(new Tooltip("Export a report"));
        export.getItems()
                .addAll(
                        item("Folder: annotated PDFs, HTML and JSON…", this::exportFolder),
                        item("One annotated PDF…", () -> exportFile("PDF", "pdf")),
                        item("HTML…", () -> exportFile("HTML", "html")),
                        item("JSON…", () -> exportFile("JSON", "json")));
        export.disableProperty()
                .bind(javafx.beans.binding.Bindings.isEmpty(
                        workbench.conversation().answers()));
        HBox header = new HBox(
                label("Lectern", "brand"),
                Controls.fileName(workbench.name(), "matter-name"),
                Controls.spring(),
                export,
                tool(Feather.MOON, "Switch between light and dark", Theme::toggle));
        header.getStyleClass().add("header");
        header.setAlignment(Pos.CENTER_LEFT);
        return header;
    }

    private static MenuItem item(String words, Runnable action) {
        MenuItem item = new MenuItem(words);
        item.setOnAction(event -> action.run());
        return item;
    }

    private void addFiles() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Add files");
        List<File> files = chooser.showOpenMultipleDialog(window);
        if (files != null) {
            workbench.library().add(files.stream().map(File::toPath).toList());
        }
    }

    private void addFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle("Add a folder");
        File folder = chooser.showDialog(window);
        if (folder != null) {
            workbench.library().add(List.of(folder.toPath()));
        }
    }

    private Optional<Path> chooseModel() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Choose a model file");
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter("Models in GGUF format", "*.gguf"));
        return Optional.ofNullable(chooser.showOpenDialog(window)).map(File::toPath);
    }

    private void exportFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle("Export into a folder");
        File folder = chooser.showDialog(window);
        if (folder != null) {
            workbench.export(folder.toPath());
        }
    }

    private void exportFile(String kind, String extension) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Export as " + kind);
        chooser.setInitialFileName(workbench.name() + "." + extension);
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter(kind, "*." + extension));
        File file = chooser.showSaveDialog(window);
        if (file != null) {
            workbench.export(file.toPath());
        }
    }
}
