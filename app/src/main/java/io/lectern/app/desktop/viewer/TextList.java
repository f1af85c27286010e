package io.lectern.app.desktop.viewer;

import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.application.Platform;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.scene.control.ListView;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.skin.VirtualFlow;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;

/** The text of a document without fixed pages, row by row, with the numbers of its lines or paragraphs. */
final class TextList extends ListView<Integer> {
    private static final KeyCombination COPY = new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);
    private final OpenDocument open;
    private final TextRows rows;
    private final double numberWidth;

    TextList(OpenDocument open) {
        this.open = open;
        this.rows = open.rows();
        numberWidth = 16 + 8 * Math.max(2, Integer.toString(rows.lastNumber()).length());
        getStyleClass().addAll("text-list", isCode() ? "code" : "prose");
        setAccessibleText("Text of " + open.name());
        getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
        // Row numbers made when asked for: four million characters cost the list nothing to hold.
        setItems(FXCollections.observableList(new AbstractList<>() {
            @Override
            public Integer get(int index) {
                return index;
            }

            @Override
            public int size() {
                return rows.count();
            }
        }));
        setCellFactory(list -> new TextCell(this));
        open.jumpProperty().addListener((property, before, now) -> jump(now));
        open.highlights().addListener((ListChangeListener<Highlight>) change -> refresh());
        addEventHandler(KeyEvent.KEY_PRESSED, event -> {
            if (COPY.match(event)) {
                copySelection();
                event.consume();
            }
        });
        jump(open.jumpProperty().get());
    }

    TextRows rows() {
        return rows;
    }

    double numberWidth() {
        return numberWidth;
    }

    String text() {
        return open.document().text();
    }

    /** What is painted within a row. */
    List<Highlight> highlightsIn(Span row) {
        return open.highlights().stream()
                .filter(highlight -> highlight.span().overlaps(row))
                .toList();
    }

    /** What is not ordinary text within a row. */
    List<TypedSpan> typedSpansIn(Span row) {
        List<TypedSpan> all = open.document().typedSpans();
        List<TypedSpan> found = new ArrayList<>();
        for (TypedSpan typed : all) {
            if (typed.span().start() >= row.end()) {
                break; // ordered by start
            }
            if (typed.span().overlaps(row)) {
                found.add(typed);
            }
        }
        return found;
    }

    private boolean isCode() {
        return open.document().format() == DocumentFormat.CODE;
    }

    private void jump(OpenDocument.Jump jump) {
        if (jump == null || rows.count() == 0) {
            return;
        }
        int row = rows.rowAt(jump.span().start());
        scrollTo(row);
        // The list knows heights of rows only once they are laid out; then the very words go a third from the top.
        Platform.runLater(() -> {
            applyCss();
            layout();
            if (lookup(".virtual-flow") instanceof VirtualFlow<?> flow
                    && flow.getVisibleCell(row) instanceof TextCell cell) {
                flow.scrollPixels(cell.getLayoutY() + cell.topOf(jump.span().start()) - getHeight() / 3);
            }
        });
    }

    private void copySelection() {
        String chosen = getSelectionModel().getSelectedItems().stream()
                .sorted()
                .map(row -> rows.span(row).of(text()))
                .collect(Collectors.joining("\n"));
        ClipboardContent content = new ClipboardContent();
        content.putString(chosen);
        Clipboard.getSystemClipboard().setContent(content);
    }
}
