package io.lectern.app.desktop.viewer;

import static io.lectern.app.desktop.theme.Controls.icon;
import static io.lectern.app.desktop.theme.Controls.label;
import static io.lectern.app.desktop.theme.Controls.tool;

import atlantafx.base.theme.Styles;
import io.lectern.app.desktop.task.Background;
import io.lectern.app.desktop.theme.Controls;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/** The middle of the window: tabs, a bar with page, zoom and citations, and the document in front. */
public final class ViewerView extends VBox {
    private final ViewerViewModel model;
    private final Background background;
    private final HBox tabs = new HBox();
    private final StackPane content = new StackPane();
    private final TextField findField = new TextField();
    private final HBox findBar;
    private final Map<OpenDocument, Node> bodies = new HashMap<>();
    private final Map<OpenDocument, Node> bars = new HashMap<>();

    public ViewerView(ViewerViewModel model, Background background) {
        this.model = model;
        this.background = background;
        getStyleClass().add("viewer");
        setMinWidth(360);
        tabs.getStyleClass().add("tabs");
        findBar = findBar();
        VBox.setVgrow(content, Priority.ALWAYS);
        content.setMinHeight(0);
        StackPane bar = new StackPane();
        getChildren().addAll(tabs, bar, findBar, content);

        tabs.managedProperty().bind(tabs.visibleProperty());
        tabs.visibleProperty().bind(Bindings.isNotEmpty(model.tabs()));
        model.tabs().addListener((ListChangeListener<OpenDocument>) change -> {
            while (change.next()) {
                change.getRemoved().forEach(this::dispose);
            }
            showTabs();
        });
        model.currentProperty().addListener((property, before, now) -> {
            if (bodies.get(before) instanceof PageList pages) {
                pages.rest();
            }
            showTabs();
            bar.getChildren().setAll(now == null ? new Region() : bars.computeIfAbsent(now, this::bar));
            showContent();
        });
        model.problemProperty().addListener((property, before, now) -> showContent());
        showContent();
    }

    /** Opens the search field, Ctrl+F. */
    public void startFind() {
        if (model.currentProperty().get() != null) {
            findBar.setVisible(true);
            findField.requestFocus();
            findField.selectAll();
        }
    }

    /** Whether the document in front is completely drawn. */
    public boolean isDrawn() {
        Node body = bodies.get(model.currentProperty().get());
        return switch (body) {
            case null -> false;
            case PageList pages -> pages.isDrawn();
            default -> true;
        };
    }

    private void showTabs() {
        tabs.getChildren().setAll(model.tabs().stream().map(this::tab).toList());
    }

    private Node tab(OpenDocument document) {
        boolean front = document == model.currentProperty().get();
        Label name = Controls.fileName(lastName(document.name()));
        Button close = tool(Feather.X, "Close " + document.name(), () -> model.close(document));
        close.getStyleClass().add("tab-close");
        HBox tab = new HBox(8, icon(pictureOf(document.document().format())), name, close);
        tab.getStyleClass().add("document-tab");
        tab.setAlignment(Pos.CENTER_LEFT);
        tab.setMaxWidth(260);
        tab.setAccessibleText(document.name() + (front ? ", in front" : ""));
        tab.setFocusTraversable(true);
        if (front) {
            tab.getStyleClass().add("front");
        }
        tab.setOnMouseClicked(event -> {
            if (event.getButton() == MouseButton.MIDDLE) {
                model.close(document);
            } else {
                model.currentProperty().set(document);
            }
        });
        tab.setOnKeyPressed(event -> {
            if (event.getCode() == KeyCode.ENTER || event.getCode() == KeyCode.SPACE) {
                model.currentProperty().set(document);
            } else if (event.getCode() == KeyCode.DELETE) {
                model.close(document);
            }
        });
        return tab;
    }

    private HBox bar(OpenDocument document) {
        HBox bar = new HBox(4);
        bar.getStyleClass().add("viewer-bar");
        bar.setAlignment(Pos.CENTER_LEFT);
        if (document.hasPages()) {
            bar.getChildren().addAll(pageField(document), pageCount(document), Controls.spring());
            bar.getChildren().addAll(zoom(document));
        } else {
            bar.getChildren().add(label(document.document().format().label(), "muted", "bar-note"));
        }
        if (!document.note().isEmpty()) {
            bar.getChildren().add(label(document.note(), "bar-note", "warning"));
        }
        Label walk = label("", "muted");
        walk.setMinWidth(Region.USE_PREF_SIZE);
        walk.textProperty()
                .bind(Bindings.createStringBinding(this::walkWords, model.citations(), model.activeProperty()));
        Button previous = tool(Feather.CHEVRON_UP, "Previous citation", model::previous);
        Button next = tool(Feather.CHEVRON_DOWN, "Next citation", model::next);
        HBox walker = new HBox(4, walk, previous, next);
        walker.setAlignment(Pos.CENTER_LEFT);
        walker.visibleProperty().bind(Bindings.isNotEmpty(model.citations()));
        walker.managedProperty().bind(walker.visibleProperty());
        bar.getChildren().addAll(Controls.spring(), walker, tool(Feather.SEARCH, "Find (Ctrl+F)", this::startFind));
        return bar;
    }

    private String walkWords() {
        int many = model.citations().size();
        int at = model.citations().indexOf(model.activeProperty().get());
        if (at >= 0) {
            return "Passage %d of %d".formatted(at + 1, many);
        }
        return many == 1 ? "1 cited passage" : many + " cited passages";
    }

    private static TextField pageField(OpenDocument document) {
        TextField field = new TextField();
        field.getStyleClass().addAll(Styles.SMALL, "page-field");
        field.setPrefColumnCount(3);
        field.setAccessibleText("Page number");
        field.setText(Integer.toString(document.pageProperty().get()));
        document.pageProperty().addListener((property, before, now) -> {
            if (!field.isFocused()) {
                field.setText(now.toString());
            }
        });
        field.setOnAction(event -> {
            try {
                document.goToPage(Integer.parseInt(field.getText().trim()));
            } catch (NumberFormatException notANumber) {
                field.setText(Integer.toString(document.pageProperty().get()));
            }
            field.getParent().requestFocus();
        });
        return field;
    }

    private static Label pageCount(OpenDocument document) {
        return Controls.whole("of " + document.document().pages().size(), "muted");
    }

    private static Node[] zoom(OpenDocument document) {
        Label percent = Controls.whole("", "percent");
        percent.textProperty()
                .bind(Bindings.format("%.0f%%", document.shownZoomProperty().multiply(100)));
        return new Node[] {
            tool(Feather.MINUS, "Zoom out", document::zoomOut),
            percent,
            tool(Feather.PLUS, "Zoom in", document::zoomIn),
            tool(
                    Feather.MAXIMIZE_2,
                    "Fit the width",
                    () -> document.zoomProperty().set(OpenDocument.FIT_WIDTH))
        };
    }

    private HBox findBar() {
        findField.setPromptText("Find in this document");
        findField.setAccessibleText("Find in this document");
        findField.getStyleClass().add(Styles.SMALL);
        findField.setPrefColumnCount(24);
        findField.setOnAction(event -> model.find(findField.getText().strip()));
        Label status = label("", "muted");
        status.textProperty().bind(model.findStatusProperty());
        HBox bar = new HBox(8, icon(Feather.SEARCH), findField, status, Controls.spring());
        Button close = tool(Feather.X, "Close find (Esc)", () -> {
            bar.setVisible(false);
            model.find("");
        });
        bar.getChildren().add(close);
        bar.addEventHandler(javafx.scene.input.KeyEvent.KEY_PRESSED, event -> {
            if (event.getCode() == KeyCode.ESCAPE) {
                close.fire();
                event.consume();
            }
        });
        bar.getStyleClass().add("viewer-bar");
        bar.setAlignment(Pos.CENTER_LEFT);
        bar.setVisible(false);
        bar.managedProperty().bind(bar.visibleProperty());
        return bar;
    }

    private void showContent() {
        OpenDocument document = model.currentProperty().get();
        String problem = model.problemProperty().get();
        if (!problem.isEmpty()) {
            content.getChildren().setAll(message(problem));
        } else if (document == null) {
            content.getChildren().setAll(message("Choose a document in the library, or a citation in an answer."));
        } else {
            content.getChildren().setAll(bodies.computeIfAbsent(document, this::body));
        }
    }

    private Node body(OpenDocument document) {
        if (!document.document().isReadable() && !document.hasPages()) {
            String why = document.document().findings().stream()
                    .map(Finding::message)
                    .collect(Collectors.joining("\n"));
            return message(why.isEmpty() ? "There is no text in this file." : why);
        }
        return document.hasPages() ? new PageList(document, background) : new TextList(document);
    }

    private void dispose(OpenDocument document) {
        bars.remove(document);
        if (bodies.remove(document) instanceof PageList pages) {
            pages.close();
        }
    }

    private static Node message(String words) {
        Label message = Controls.paragraph(words, "viewer-message");
        message.setMaxWidth(420);
        return message;
    }

    /** The picture that stands for a format. */
    public static Feather pictureOf(DocumentFormat format) {
        return switch (format) {
            case CODE -> Feather.CODE;
            case UNSUPPORTED -> Feather.FILE;
            case PDF, DOCX, MARKDOWN, TEXT -> Feather.FILE_TEXT;
        };
    }

    private static String lastName(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
