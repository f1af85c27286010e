package io.lectern.app.desktop.conversation;

import static io.lectern.app.desktop.theme.Controls.icon;
import static io.lectern.app.desktop.theme.Controls.label;

import atlantafx.base.controls.SelectableTextFlow;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.PassagePieces;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.app.desktop.theme.Controls;
import io.lectern.ingest.document.TypedSpan;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import org.kordamp.ikonli.feather.Feather;

/** A citation with the source's own words, their address, and its two marks, which are never merged. */
final class EvidenceCard extends VBox {
    /** Characters of a passage shown before the rest is asked for. */
    private static final int SHORT = 420;

    private final Citation citation;
    private final SelectableTextFlow flow = new SelectableTextFlow();
    private List<TypedSpan> typed = List.of();
    private int shown = SHORT;

    /** @param choose brings the passage into view */
    EvidenceCard(Citation citation, Runnable choose) {
        this.citation = citation;
        getStyleClass().add("evidence");
        getChildren().add(heading());
        if (citation.isShown()) {
            getChildren().add(quotation());
            setFocusTraversable(true);
            setOnMouseClicked(event -> {
                if (event.isStillSincePress()) {
                    choose.run();
                }
            });
            setOnKeyPressed(event -> {
                if (event.getCode() == KeyCode.ENTER || event.getCode() == KeyCode.SPACE) {
                    choose.run();
                    event.consume();
                }
            });
        } else {
            getChildren()
                    .add(Controls.paragraph(
                            "The model put words between quotation marks that stand nowhere in what was read. They are not shown"
                                    + " as a quotation.",
                            "muted"));
        }
        getChildren().add(marks());
    }

    Citation citation() {
        return citation;
    }

    /** Tells what of the passage's document is not ordinary text, once that is known. */
    void setTypedSpans(List<TypedSpan> spans) {
        typed = spans;
        showQuotation();
    }

    void setActive(boolean active) {
        getStyleClass().remove("active");
        if (active) {
            getStyleClass().add("active");
        }
    }

    private Node heading() {
        Label number = Controls.whole(Integer.toString(citation.number()), "citation-number");
        HBox heading = new HBox(8, number);
        heading.setAlignment(Pos.CENTER_LEFT);
        if (citation.isShown()) {
            String name = citation.passage().documentName();
            Label document = Controls.fileName(name.substring(name.lastIndexOf('/') + 1), "evidence-document");
            Label place = Controls.whole(citation.passage().locator().label(), "muted");
            heading.getChildren().addAll(document, Controls.spring(), place);
        } else {
            heading.getChildren().add(label("Not in the documents", "evidence-document"));
        }
        return heading;
    }

    private Node quotation() {
        flow.getStyleClass().add("quotation-flow");
        showQuotation();
        VBox box = new VBox(2, flow);
        if (!QuotationPieces.isWhole(citation.passage(), SHORT)) {
            Hyperlink more = new Hyperlink("Show all of it");
            more.getStyleClass().add("more");
            more.setOnAction(event -> {
                shown = Integer.MAX_VALUE;
                showQuotation();
                box.getChildren().remove(more);
            });
            box.getChildren().add(more);
        }
        return box;
    }

    private void showQuotation() {
        setAccessibleText("Citation %d, %s, %s: %s"
                .formatted(
                        citation.number(),
                        citation.passage().documentName(),
                        citation.passage().locator().label(),
                        PassagePieces.plain(citation.passage(), typed)));
        flow.setText(QuotationPieces.of(citation.passage(), typed, shown).stream()
                .map(piece -> {
                    Text words = new Text(piece.text());
                    words.getStyleClass().add("quotation");
                    switch (piece.kind()) {
                        case LIVE -> {}
                        case DELETED -> words.getStyleClass().add("span-deleted-revision");
                        case HIDDEN -> words.getStyleClass().add("span-hidden-text");
                    }
                    return words;
                })
                .toArray(Text[]::new));
    }

    private Node marks() {
        FlowPane marks = new FlowPane(12, 4, verbatim(citation.verbatim()));
        if (citation.isShown()) {
            marks.getChildren().add(support(citation.support()));
        }
        return marks;
    }

    private static Label verbatim(Verbatim verbatim) {
        return switch (verbatim) {
            case VERIFIED -> mark(Feather.CHECK, AnswerWords.of(verbatim), "good");
            case REPAIRED -> mark(Feather.EDIT_2, AnswerWords.of(verbatim), "warning");
            case NOT_FOUND -> mark(Feather.X, AnswerWords.of(verbatim), "bad");
        };
    }

    private static Label support(Support support) {
        return switch (support) {
            case YES -> mark(Feather.THUMBS_UP, AnswerWords.of(support), "good");
            case WEAK -> mark(Feather.HELP_CIRCLE, AnswerWords.of(support), "warning");
            case UNCHECKED -> mark(Feather.MINUS, AnswerWords.of(support), "neutral");
        };
    }

    private static Label mark(Feather picture, String words, String tone) {
        Label mark = label(words, "mark", tone);
        mark.setGraphic(icon(picture));
        return mark;
    }
}
