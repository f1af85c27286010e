package io.lectern.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Where commands print: results on standard output, progress and remarks on standard error, so that a script can read
 * the one without the other.
 */
final class Terminal {
    /** How often a log that is not a screen hears of progress. */
    private static final long QUIET_INTERVAL_MILLIS = 10_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule().addSerializer(Path.class, ToStringSerializer.instance)) // not as an URI
            .disable(com.fasterxml.jackson.databind.SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final PrintStream out;
    private final PrintStream err;
    private final boolean screen;
    private long lastProgress;
    private int shownWidth;

    /**
     * @param screen whether {@code err} is a screen whose last line can be written over
     */
    Terminal(PrintStream out, PrintStream err, boolean screen) {
        this.out = out;
        this.err = err;
        this.screen = screen;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** A line of the result. */
    synchronized void print(String line) {
        clearProgress();
        out.println(line);
        out.flush();
    }

    /** One JSON object on a line of its own. */
    void json(Object value) {
        try {
            print(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A remark to the user that is not part of the result. */
    synchronized void remark(String line) {
        clearProgress();
        err.println(line);
        err.flush();
    }

    /** What is going on right now: on a screen it replaces the last such line, elsewhere it is written now and then. */
    synchronized void progress(String line) {
        long now = System.currentTimeMillis();
        if (screen) {
            if (now - lastProgress >= 100) {
                String shown = line.length() > 100 ? line.substring(0, 99) + "…" : line;
                err.print("\r" + shown + " ".repeat(Math.max(0, shownWidth - shown.length())));
                err.flush();
                shownWidth = shown.length();
                lastProgress = now;
            }
        } else if (now - lastProgress >= QUIET_INTERVAL_MILLIS) {
            err.println(line);
            err.flush();
            lastProgress = now;
        }
    }

    private void clearProgress() {
        if (shownWidth > 0) {
            err.print("\r" + " ".repeat(shownWidth) + "\r");
            err.flush();
            shownWidth = 0;
        }
    }
}
