package io.lectern.engine.embedded;

import java.nio.file.Path;
import java.util.Locale;

/** Where Lectern keeps what belongs to the user and not to a matter. */
public final class UserFolders {
    private UserFolders() {}

    /**
     * Lectern's folder for data: {@code $LECTERN_HOME}, else {@code lectern} in {@code $XDG_DATA_HOME}, else the place
     * that the platform has for it.
     */
    public static Path data() {
        String own = System.getenv("LECTERN_HOME");
        if (own != null && !own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        String xdg = System.getenv("XDG_DATA_HOME");
        if (xdg != null && !xdg.isBlank()) {
            return Path.of(xdg, "lectern").toAbsolutePath();
        }
        String home = System.getProperty("user.home");
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.contains("win")) {
            String local = System.getenv("LOCALAPPDATA");
            return local == null ? Path.of(home, "AppData", "Local", "Lectern") : Path.of(local, "Lectern");
        }
        return system.contains("mac")
                ? Path.of(home, "Library", "Application Support", "Lectern")
                : Path.of(home, ".local", "share", "lectern");
    }

    /**
     * Lectern's folder for what the user set: {@code settings} in {@code $LECTERN_HOME}, else {@code lectern} in
     * {@code $XDG_CONFIG_HOME}, else the place that the platform has for it.
     */
    public static Path settings() {
        String own = System.getenv("LECTERN_HOME");
        if (own != null && !own.isBlank()) {
            return Path.of(own, "settings").toAbsolutePath();
        }
        String xdg = System.getenv("XDG_CONFIG_HOME");
        if (xdg != null && !xdg.isBlank()) {
            return Path.of(xdg, "lectern").toAbsolutePath();
        }
        String home = System.getProperty("user.home");
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.contains("win")) {
            String roaming = System.getenv("APPDATA");
            return roaming == null ? Path.of(home, "AppData", "Roaming", "Lectern") : Path.of(roaming, "Lectern");
        }
        return system.contains("mac")
                ? Path.of(home, "Library", "Preferences", "Lectern")
                : Path.of(home, ".config", "lectern");
    }
}
