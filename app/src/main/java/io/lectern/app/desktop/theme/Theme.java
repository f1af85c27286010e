package io.lectern.app.desktop.theme;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.text.Font;

/** The look: AtlantaFX's Primer in light or dark, the application's own style sheet over it, and Inter. */
public final class Theme {
    private Theme() {}

    /** Light or dark as the system is, and following it as long as the program runs. On the JavaFX thread. */
    public static void followSystem() {
        loadFonts();
        var scheme = Platform.getPreferences().colorSchemeProperty();
        apply(scheme.getValue());
        scheme.addListener((property, before, now) -> apply(now));
    }

    /** Light or dark by choice. On the JavaFX thread. */
    public static void apply(ColorScheme scheme) {
        Application.setUserAgentStylesheet(
                scheme == ColorScheme.DARK
                        ? new PrimerDark().getUserAgentStylesheet()
                        : new PrimerLight().getUserAgentStylesheet());
    }

    /** The other one of light and dark. */
    public static void toggle() {
        boolean dark = new PrimerDark().getUserAgentStylesheet().equals(Application.getUserAgentStylesheet());
        apply(dark ? ColorScheme.LIGHT : ColorScheme.DARK);
    }

    /** Puts the application's style sheet on a scene. */
    public static void dress(Scene scene) {
        scene.getStylesheets()
                .add(Objects.requireNonNull(Theme.class.getResource("lectern.css"))
                        .toExternalForm());
    }

    /** Registers the fonts; once is enough, more does no harm. */
    public static void loadFonts() {
        for (String style : List.of("Regular", "Medium", "SemiBold")) {
            try (InputStream file = Theme.class.getResourceAsStream("fonts/Inter-" + style + ".otf")) {
                Font.loadFont(Objects.requireNonNull(file, style), 13);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
