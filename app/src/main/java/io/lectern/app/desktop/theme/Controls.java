package io.lectern.app.desktop.theme;

import atlantafx.base.theme.Styles;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The few kinds of controls that the window is made of, each with its accessible name. */
public final class Controls {
    private Controls() {}

    public static FontIcon icon(Feather picture, String... styleClasses) {
        FontIcon icon = new FontIcon(picture);
        icon.getStyleClass().add("app-icon");
        icon.getStyleClass().addAll(styleClasses);
        return icon;
    }

    /** A button that shows a picture only; its name is read out and shown as a tooltip. */
    public static Button tool(Feather picture, String name, Runnable action) {
        Button button = new Button(null, icon(picture));
        button.getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT, "tool");
        button.setTooltip(new Tooltip(name));
        button.setAccessibleText(name);
        button.setOnAction(event -> action.run());
        return button;
    }

    /** A button with words. */
    public static Button button(String words, Runnable action, String... styleClasses) {
        Button button = new Button(words);
        button.getStyleClass().addAll(styleClasses);
        button.setOnAction(event -> action.run());
        return button;
    }

    public static Label label(String words, String... styleClasses) {
        Label label = new Label(words);
        label.getStyleClass().addAll(styleClasses);
        return label;
    }

    /** A label over as many lines as it needs. */
    public static Label paragraph(String words, String... styleClasses) {
        Label label = label(words, styleClasses);
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }

    /** A label for a file's name: too long a name loses its middle, for contracts differ at their ends. */
    public static Label fileName(String name, String... styleClasses) {
        Label label = label(name, styleClasses);
        label.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
        label.setMinWidth(48);
        if (!name.isEmpty()) {
            label.setTooltip(new Tooltip(name));
        }
        return label;
    }

    /** A label that is never cut. */
    public static Label whole(String words, String... styleClasses) {
        Label label = label(words, styleClasses);
        label.setMinWidth(Region.USE_PREF_SIZE);
        return label;
    }

    /** Takes the room that is left in a row. */
    public static Region spring() {
        Region spring = new Region();
        HBox.setHgrow(spring, Priority.ALWAYS);
        return spring;
    }
}
