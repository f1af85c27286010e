package io.lectern.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The command as a script runs it, and what the last run wrote. */
final class Lectern {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Runs it; gives its exit code. */
    int run(Object... arguments) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return LecternCommand.run(
                terminal, Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    }

    /** What was written to standard output. */
    String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What was written to standard error. */
    String remarks() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** The lines of standard output, each a JSON value. */
    List<JsonNode> jsonLines() {
        ObjectMapper mapper = new ObjectMapper();
        return output().lines()
                .map(line -> {
                    try {
                        return mapper.readTree(line);
                    } catch (IOException e) {
                        throw new AssertionError("not JSON: " + line, e);
                    }
                })
                .toList();
    }
}
