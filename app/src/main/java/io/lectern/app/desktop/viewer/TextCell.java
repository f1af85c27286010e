package io.lectern.app.desktop.viewer;

import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import javafx.scene.shape.Path;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/** A row of text: its number, its words styled by what they are, and the highlights over them. */
final class TextCell extends ListCell<Integer> {
    private final TextList list;
    private final Row row = new Row();

    TextCell(TextList list) {
        this.list = list;
        setPrefWidth(0); // wraps at the list's width instead of widening it
        getStyleClass().add("text-cell");
    }

    /** A labelled cell asks its content how high it is without saying how wide; here it says. */
    @Override
    protected double computePrefHeight(double width) {
        if (getGraphic() == null) {
            return super.computePrefHeight(width);
        }
        double inside = (width < 0 ? list.getWidth() : width) - snappedLeftInset() - snappedRightInset();
        return snappedTopInset() + row.prefHeight(inside) + snappedBottomInset();
    }

    @Override
    protected void updateItem(Integer index, boolean empty) {
        super.updateItem(index, empty);
        setText(null);
        if (empty || index == null) {
            setGraphic(null);
            setTooltip(null);
            return;
        }
        row.show(index);
        setGraphic(row);
    }

    /** How far below the top of the cell the line with this offset of the text begins. */
    double topOf(int offset) {
        int shown = row.shownOffset(offset);
        Path place = new Path(row.words.getRangeShape(shown, shown + 1, false));
        return snappedTopInset() + place.getLayoutBounds().getMinY();
    }

    /** Number left, words right, highlights over the words. */
    private final class Row extends Region {
        private final Label number = new Label();
        private final TextFlow words = new TextFlow();
        private final List<Path> marks = new ArrayList<>();
        private List<Highlight> highlights = List.of();
        private Span span = new Span(0, 0);

        Row() {
            number.getStyleClass().add("row-number");
            words.getStyleClass().add("row-words");
            getChildren().addAll(number, words);
        }

        void show(int index) {
            span = list.rows().span(index);
            int numbered = list.rows().number(index);
            number.setText(numbered == 0 ? "" : Integer.toString(numbered));
            highlights = list.highlightsIn(span);
            List<TypedSpan> typed = list.typedSpansIn(span);
            words.getChildren().setAll(pieces(typed));
            setTooltip(explanation(typed));
            getChildren().removeAll(marks);
            marks.clear();
            for (Highlight highlight : highlights) {
                Path mark = new Path();
                mark.getStyleClass().addAll("highlight", highlight.kind().styleClass());
                mark.setStroke(null);
                mark.setManaged(false);
                mark.setMouseTransparent(true);
                marks.add(mark);
            }
            // Behind the words: they stay crisp on light and on dark ground.
            getChildren().addAll(0, marks);
            requestLayout();
        }

        private List<Text> pieces(List<TypedSpan> typed) {
            TreeSet<Integer> borders = new TreeSet<>(List.of(span.start(), span.end()));
            for (TypedSpan part : typed) {
                borders.add(Math.clamp(part.span().start(), span.start(), span.end()));
                borders.add(Math.clamp(part.span().end(), span.start(), span.end()));
            }
            for (Highlight highlight : highlights) {
                borders.add(Math.clamp(highlight.span().start(), span.start(), span.end()));
                borders.add(Math.clamp(highlight.span().end(), span.start(), span.end()));
            }
            List<Text> pieces = new ArrayList<>();
            Integer from = null;
            for (Integer to : borders) {
                if (from != null) {
                    pieces.add(piece(new Span(from, to), typed));
                }
                from = to;
            }
            if (pieces.isEmpty()) {
                pieces.add(piece(span, typed));
            }
            return pieces;
        }

        private Text piece(Span part, List<TypedSpan> typed) {
            // A zero-width row would have no height: an empty line keeps its place.
            String shown = part.isEmpty()
                    ? " "
                    : part.of(list.text()).replace("\t", "    ").replace('\f', ' ');
            Text piece = new Text(shown);
            piece.getStyleClass().add("piece");
            typed.stream()
                    .filter(other -> other.span().overlaps(part))
                    .map(other -> "span-"
                            + other.type()
                                    .name()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', '-'))
                    .forEach(piece.getStyleClass()::add);
            highlights.stream()
                    .filter(highlight -> highlight.span().overlaps(part))
                    .forEach(highlight -> piece.getStyleClass()
                            .addAll("marked", highlight.kind().styleClass() + "-words"));
            return piece;
        }

        private Tooltip explanation(List<TypedSpan> typed) {
            List<String> notes = typed.stream()
                    .filter(part -> !part.note().isEmpty()
                            || part.type() == TypedSpan.Type.DELETED_REVISION
                            || part.type() == TypedSpan.Type.HIDDEN_TEXT)
                    .map(TextCell::explain)
                    .distinct()
                    .toList();
            return notes.isEmpty() ? null : new Tooltip(String.join("\n", notes));
        }

        @Override
        protected double computePrefHeight(double width) {
            double wordsWidth = Math.max(1, width - list.numberWidth());
            return snapSizeY(Math.max(words.prefHeight(wordsWidth), number.prefHeight(-1)));
        }

        @Override
        protected double computePrefWidth(double height) {
            return 0;
        }

        @Override
        protected double computeMaxWidth(double height) {
            return Double.MAX_VALUE;
        }

        @Override
        public javafx.geometry.Orientation getContentBias() {
            return javafx.geometry.Orientation.HORIZONTAL;
        }

        @Override
        protected void layoutChildren() {
            double gutter = list.numberWidth();
            number.resizeRelocate(0, 0, gutter - 12, number.prefHeight(-1));
            words.resizeRelocate(gutter, 0, Math.max(1, getWidth() - gutter), getHeight());
            words.layout();
            for (int i = 0; i < marks.size(); i++) {
                Path mark = marks.get(i);
                mark.getElements()
                        .setAll(words.getRangeShape(
                                shownOffset(highlights.get(i).span().start()),
                                shownOffset(highlights.get(i).span().end()),
                                false));
                mark.relocate(
                        gutter + mark.getLayoutBounds().getMinX(),
                        mark.getLayoutBounds().getMinY());
            }
        }

        /** Offset within the shown words, where a tab takes four places. */
        private int shownOffset(int offset) {
            int within = Math.clamp(offset, span.start(), span.end());
            int tabs = (int) list.text()
                    .substring(span.start(), within)
                    .chars()
                    .filter(c -> c == '\t')
                    .count();
            return within - span.start() + 3 * tabs;
        }
    }

    private static String explain(TypedSpan part) {
        String what = switch (part.type()) {
            case DELETED_REVISION -> "Deleted by a tracked change; not read by the model";
            case INSERTED_REVISION -> "Inserted by a tracked change";
            case HIDDEN_TEXT -> "Hidden in the document";
            case COMMENT -> "Comment";
            case FOOTNOTE -> "Footnote";
            case HEADING -> "Heading";
            case RUNNING_HEADER -> "Repeated at the head of pages";
            case RUNNING_FOOTER -> "Repeated at the foot of pages";
            case LINE_END_HYPHEN -> "Hyphen at a line's end";
        };
        return part.note().isEmpty() ? what : what + ": " + part.note();
    }
}
