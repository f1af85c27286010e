package io.lectern.app.desktop;

import static io.lectern.app.desktop.theme.Controls.button;
import static io.lectern.app.desktop.theme.Controls.label;

import atlantafx.base.theme.Styles;
import io.lectern.app.desktop.theme.Controls;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/** What the window shows without a matter: what Lectern does, and the three ways to begin. */
final class WelcomeView extends VBox {

    /** @param problem why the last try to open a matter failed; empty if there was none */
    WelcomeView(Runnable openMatter, Runnable addFolder, Runnable addFiles, String problem) {
        getStyleClass().add("welcome");
        Label words = Controls.paragraph(
                "Lectern reads whole document sets on this machine, answers questions about them, and shows the passages"
                        + " that each answer rests on.",
                "welcome-words");
        Button folder = button("Add a folder…", addFolder, Styles.ACCENT);
        folder.setGraphic(Controls.icon(Feather.FOLDER_PLUS, "on-accent"));
        folder.setDefaultButton(true);
        Button files = button("Add files…", addFiles);
        files.setGraphic(Controls.icon(Feather.FILE_PLUS));
        Button open = button("Open a matter…", openMatter);
        open.setGraphic(Controls.icon(Feather.BOOK_OPEN));
        HBox ways = new HBox(8, folder, files, open);
        ways.setAlignment(Pos.CENTER);
        getChildren()
                .addAll(
                        label("Nothing is open yet", "welcome-title"),
                        words,
                        ways,
                        label("or drop files and folders anywhere in this window", "muted"));
        if (!problem.isEmpty()) {
            Label trouble = Controls.paragraph(problem, "welcome-problem");
            trouble.setMaxWidth(560);
            getChildren().add(trouble);
        }
    }
}
