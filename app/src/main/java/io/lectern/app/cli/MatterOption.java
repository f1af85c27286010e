package io.lectern.app.cli;

import io.lectern.ingest.matter.Matter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --matter}. */
final class MatterOption {
    @Option(names = "--matter", paramLabel = "FILE", required = true, description = "The matter's file.")
    private Path file;

    /** Opens the matter; a new one is made where there is none. */
    Matter openOrCreate() {
        return Matter.open(file);
    }

    /** Opens a matter that must be there: a question to a mistyped name should not make a new file. */
    Matter open() {
        if (!Files.exists(file)) {
            throw new Refusal(
                    "There is no matter " + file + ". Make it with: lectern ingest --matter " + file + " PATH…");
        }
        return Matter.open(file);
    }

    /** The matter's name, for people: that of its file. */
    String name() {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
