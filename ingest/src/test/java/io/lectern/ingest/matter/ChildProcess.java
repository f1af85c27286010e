package io.lectern.ingest.matter;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A class of the tests that runs in a Java process of its own and may be killed at any moment. It says what it has done, one
 * report a line.
 */
public final class ChildProcess implements AutoCloseable {
    /** Ends every report: a kill may cut the last line, and libraries write lines of their own. */
    private static final String END = ";";

    private final Process process;
    private final BufferedReader lines;

    private ChildProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    /**
     * Starts the {@code main} of a class.
     *
     * @param folder takes its temporary files and what it writes to standard error
     */
    public static ChildProcess start(Class<?> main, Path folder, Path... arguments) throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        Stream.of(arguments).map(Path::toString).forEach(command::add);
        return new ChildProcess(new ProcessBuilder(command)
                .redirectError(folder.resolve("child.err").toFile())
                .start());
    }

    /** In the child: what a class reports by. */
    public static PrintStream reports() {
        return new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    }

    /** In the child: says what was done. */
    public static void report(PrintStream reports, String what) {
        reports.println(what + END);
    }

    /** Waits for its next report. */
    public String next() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.endsWith(END)) {
                return withoutEnd(line);
            }
        }
        throw new AssertionError("the child ended before it reported anything: see its child.err");
    }

    /** Kills it (SIGKILL), and gives the reports that it had written by then. */
    public List<String> kill() {
        close();
        // A pipe gives what was written before the kill, then its end.
        return lines.lines()
                .filter(line -> line.endsWith(END))
                .map(ChildProcess::withoutEnd)
                .toList();
    }

    private static String withoutEnd(String line) {
        return line.substring(0, line.length() - END.length());
    }

    /** Kills it by the handle, because {@link Process#destroyForcibly()} also throws away what the child has written. */
    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }
}
