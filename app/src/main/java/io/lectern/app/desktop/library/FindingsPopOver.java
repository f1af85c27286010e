package io.lectern.app.desktop.library;

import static io.lectern.app.desktop.theme.Controls.icon;

import io.lectern.app.desktop.theme.Controls;
import io.lectern.ingest.document.Finding;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.controlsfx.control.PopOver;
import org.kordamp.ikonli.feather.Feather;

/** What a person should know about a file, the gravest first, each with what can be done. */
final class FindingsPopOver {
    private static final int MOST_WITHOUT_SCROLLING = 5;
    private static final double HIGHEST = 360;

    private FindingsPopOver() {}

    static void show(Node owner, String fileName, List<Finding> findings) {
        PopOver popOver = new PopOver(content(fileName, findings));
        popOver.setArrowLocation(PopOver.ArrowLocation.LEFT_TOP);
        popOver.setAnimated(false);
        popOver.setTitle("Findings about " + fileName);
        popOver.show(owner);
    }

    static Node content(String fileName, List<Finding> findings) {
        VBox list = new VBox();
        list.getStyleClass().add("findings");
        list.getChildren().add(Controls.paragraph(fileName, "findings-title"));
        findings.stream()
                .sorted(Comparator.comparing(Finding::severity).reversed().thenComparing(Finding::page))
                .map(FindingsPopOver::row)
                .forEach(list.getChildren()::add);
        if (findings.size() <= MOST_WITHOUT_SCROLLING) {
            return list;
        }
        ScrollPane scroll = new ScrollPane(list);
        scroll.setFitToWidth(true);
        scroll.setPrefViewportHeight(HIGHEST);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        return scroll;
    }

    private static Node row(Finding finding) {
        Label message = Controls.paragraph(
                finding.page() == 0 ? finding.message() : "Page " + finding.page() + ": " + finding.message(),
                "message");
        VBox words = new VBox(2, message);
        if (!finding.remedy().isEmpty()) {
            words.getChildren().add(Controls.paragraph(finding.remedy(), "muted"));
        }
        HBox.setHgrow(words, Priority.ALWAYS);
        Feather picture = switch (finding.severity()) {
            case NOTE -> Feather.INFO;
            case WARNING -> Feather.ALERT_TRIANGLE;
            case ERROR -> Feather.X_CIRCLE;
        };
        HBox row = new HBox(8, icon(picture, finding.severity().name().toLowerCase(Locale.ROOT)), words);
        row.getStyleClass().add("finding");
        row.setAlignment(Pos.TOP_LEFT);
        return row;
    }
}
