package io.lectern.app.cli;

import io.lectern.engine.embedded.UserFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Starts the command that the command line names. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Path data = UserFolders.data();
        // Before the first logger wakes: logs lie with the user's data, not among documents.
        setUnlessGiven("lectern.log", data.resolve("logs").resolve("lectern.log"));
        // Where DJL unpacks its native libraries.
        if (System.getenv("DJL_CACHE_DIR") == null) {
            setUnlessGiven("DJL_CACHE_DIR", data.resolve("native"));
        }
        keepFontCache(data.resolve("fonts"));
        Terminal terminal = new Terminal(System.out, System.err, isScreen());
        System.exit(LecternCommand.run(terminal, arguments));
    }

    /**
     * PDFBox lists the machine's fonts the first time that a file does not bring its own; the list is kept with the user's
     * data for the next time. Where there is no place for it, PDFs are read all the same.
     */
    private static void keepFontCache(Path folder) {
        try {
            setUnlessGiven("pdfbox.fontcache", Files.createDirectories(folder));
        } catch (IOException e) {
            LoggerFactory.getLogger(Main.class).info("no list of fonts is kept in {}: {}", folder, e.toString());
        }
    }

    private static void setUnlessGiven(String property, Path value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value.toString());
        }
    }

    private static boolean isScreen() {
        return System.console() != null && System.console().isTerminal();
    }
}
