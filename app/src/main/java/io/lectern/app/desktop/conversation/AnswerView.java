package io.lectern.app.desktop.conversation;

import static io.lectern.app.desktop.theme.Controls.icon;
import static io.lectern.app.desktop.theme.Controls.label;

import atlantafx.base.controls.SelectableTextFlow;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.desktop.theme.Controls;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.beans.property.SimpleStringProperty;
import javafx.scene.Node;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import org.kordamp.ikonli.feather.Feather;

/** A question with its answer: what the model wrote, what came of it, the evidence, and what was read. */
final class AnswerView extends VBox {
    private final Answer answer;
    private final List<EvidenceCard> cards = new ArrayList<>();

    /**
     * @param choose brings a citation's place into view
     * @param typedSpans tells, later, what of a document is not ordinary text
     */
    AnswerView(Answer answer, Consumer<Citation> choose, BiConsumer<DocumentId, Consumer<List<TypedSpan>>> typedSpans) {
        this.answer = answer;
        getStyleClass().add("answer");
        getChildren().add(question(answer.question()));
        if (answer.hasThought()) {
            getChildren()
                    .add(new ThinkingFold(
                            new SimpleStringProperty(AnswerWords.thought(answer.drafting())),
                            new SimpleStringProperty(answer.drafting().thinking())));
        }
        getChildren().add(outcome());
        if (!answer.text().isBlank()) {
            getChildren().add(text(choose));
        }
        if (!answer.citations().isEmpty()) {
            answer.citations()
                    .forEach(citation -> cards.add(new EvidenceCard(citation, () -> choose.accept(citation))));
            VBox evidence = new VBox(8, label("Evidence", "section"));
            evidence.getChildren().addAll(cards);
            cards.stream()
                    .filter(card -> card.citation().isShown())
                    .forEach(card -> typedSpans.accept(card.citation().passage().documentId(), card::setTypedSpans));
            getChildren().add(evidence);
        }
        getChildren().add(coverage());
    }

    Answer answer() {
        return answer;
    }

    void setActive(Citation active) {
        cards.forEach(card -> card.setActive(card.citation().equals(active)));
    }

    /** A question as it stands above its answer. */
    static Node question(String words) {
        return Controls.paragraph(words, "question");
    }

    private Node outcome() {
        Label outcome = Controls.paragraph(AnswerWords.of(answer.outcome()), "outcome", tone());
        outcome.setGraphic(icon(
                switch (answer.outcome()) {
                    case ANSWERED -> Feather.CHECK_CIRCLE;
                    case NOT_FOUND -> Feather.SEARCH;
                    case UNPROVED -> Feather.ALERT_TRIANGLE;
                    case STOPPED -> Feather.SQUARE;
                }));
        return outcome;
    }

    private String tone() {
        return switch (answer.outcome()) {
            case ANSWERED -> "good";
            case NOT_FOUND -> "info";
            case UNPROVED -> "warning";
            case STOPPED -> "neutral";
        };
    }

    private Node text(Consumer<Citation> choose) {
        Text[] pieces = AnswerPieces.of(answer.text().strip(), answer.citations()).stream()
                .map(piece -> switch (piece) {
                    case AnswerPieces.Words words -> words(words.text());
                    case AnswerPieces.Mark mark -> chip(mark.citation(), choose);
                })
                .toArray(Text[]::new);
        SelectableTextFlow flow = new SelectableTextFlow();
        flow.getStyleClass().add("answer-text");
        flow.setText(pieces);
        return flow;
    }

    /** Words of the model, in the answer's face. */
    static Text words(String text) {
        Text words = new Text(text);
        words.getStyleClass().add("answer-words");
        return words;
    }

    /** A citation's number inside the text: styled words, so that it can be selected and copied as "[1]". */
    private static Text chip(Citation citation, Consumer<Citation> choose) {
        Text chip = new Text(" [" + citation.number() + "]");
        chip.getStyleClass().addAll("citation-chip", citation.isShown() ? "shown" : "not-shown");
        chip.setAccessibleText("Citation " + citation.number());
        if (citation.isShown()) {
            chip.setOnMouseClicked(event -> choose.accept(citation));
        }
        return chip;
    }

    private Node coverage() {
        Label read = Controls.paragraph(AnswerWords.coverage(answer), "coverage");
        Label by = Controls.paragraph(model(), "coverage");
        VBox coverage = new VBox(2, read, by);
        List<Coverage.Entry> unread = answer.coverage().documents().stream()
                .filter(entry -> !entry.read())
                .toList();
        if (!unread.isEmpty()) {
            Hyperlink which = new Hyperlink("What was not read, and why");
            which.getStyleClass().add("more");
            which.setOnAction(event -> coverage.getChildren()
                    .set(
                            coverage.getChildren().indexOf(which),
                            Controls.paragraph(
                                    unread.stream()
                                            .map(entry -> entry.documentName() + ": " + entry.reason())
                                            .collect(Collectors.joining("\n")),
                                    "coverage")));
            coverage.getChildren().add(which);
        }
        return coverage;
    }

    private String model() {
        Answer.Model model = answer.model();
        String name = model.quantization().isEmpty() ? model.name() : model.name() + " " + model.quantization();
        return name + ", " + model.runsOn() + ", " + String.format(java.util.Locale.ROOT, "%.0f s", answer.seconds());
    }
}
