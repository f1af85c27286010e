package io.lectern.app.desktop.conversation;

import static io.lectern.app.desktop.theme.Controls.icon;
import static io.lectern.app.desktop.theme.Controls.label;

import atlantafx.base.controls.SelectableTextFlow;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.app.desktop.theme.Controls;
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
    private static final int SHORT = 320;

    private final Citation citation;

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
            setAccessibleText("Citation %d, %s, %s: %s"
                    .formatted(
                            citation.number(),
                            citation.passage().documentName(),
                            citation.passage().locator().label(),
                            citation.passage().text()));
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
        String words = citation.passage().text().strip().replaceAll("\\s+", " ");
        Text text = new Text(words.length() <= SHORT ? words : shortened(words));
        text.getStyleClass().add("quotation");
        SelectableTextFlow flow = new SelectableTextFlow();
        flow.getStyleClass().add("quotation-flow");
        flow.setText(text);
        if (words.length() <= SHORT) {
            return flow;
        }
        Hyperlink more = new Hyperlink("Show all of it");
        more.getStyleClass().add("more");
        VBox box = new VBox(2, flow, more);
        more.setOnAction(event -> {
            Text whole = new Text(words);
            whole.getStyleClass().add("quotation");
            flow.setText(whole);
            box.getChildren().remove(more);
        });
        return box;
    }

    private static String shortened(String words) {
        int space = words.lastIndexOf(' ', SHORT);
        return words.substring(0, space > 0 ? space : SHORT) + " …";
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
