package io.lectern.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.Message;
import io.lectern.engine.RestoredContext;
import io.lectern.engine.SnapshotKey;
import io.lectern.engine.Snapshots;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is left of snapshots when the process that writes them is killed, or the disk takes no more. */
class SnapshotCrashTest {
    private static final byte[] KEY = new byte[SnapshotKey.BYTES];
    private static final Message DOCUMENT = Message.user("The tenant gives notice of thirty days. ".repeat(60));

    @TempDir
    Path folder;

    private static Snapshots snapshots(Path folder) {
        return new Snapshots(folder.resolve("snapshots"), SnapshotKey.of(KEY), 1L << 30);
    }

    /** The message that is read before the point of a number is saved. */
    private static Message message(int number) {
        return Message.user("Message " + number + ".");
    }

    @Test
    void aFewKillsWhileSaving() throws Exception {
        killAndLook(2);
    }

    @Test
    @Tag("slow")
    void manyKillsWhileSaving() throws Exception {
        killAndLook(30);
    }

    private void killAndLook(int kills) throws Exception {
        Random random = new Random();
        int saved = -1;
        for (int i = 0; i < kills; i++) {
            Process child = start(Saver.class, List.of());
            try (BufferedReader reports = child.inputReader()) {
                String report = reports.readLine();
                while (!report.startsWith("saved")) {
                    report = reports.readLine();
                }
                Thread.sleep(random.nextInt(150));
                child.toHandle().destroyForcibly();
                child.onExit().join();
                // A pipe gives what was written before the kill, then its end; the last line may be cut off.
                int before = saved;
                saved = Stream.concat(Stream.of(report), reports.lines())
                        .filter(line -> line.matches("saved \\d+;"))
                        .mapToInt(line -> Integer.parseInt(line.substring(6, line.length() - 1)))
                        .max()
                        .orElseThrow();
                assertThat(saved)
                        .as("each process goes on where the one before it was")
                        .isGreaterThan(before);
            }
            look(saved);
        }
    }

    /** All that was reported is there and goes on as what is read anew; nothing unfinished stays. */
    private void look(int saved) throws IOException {
        List<Message> messages = new ArrayList<>(List.of(DOCUMENT));
        for (int i = 1; i <= saved + 1; i++) {
            messages.add(message(i));
        }
        try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                Context fresh = engine.newContext()) {
            RestoredContext found =
                    engine.restore(snapshots(folder), messages, (done, total) -> {}, new Cancellation());
            assertThat(found.passedOver()).isEmpty();
            assertThat(found.messages()).isGreaterThan(saved);
            try (Context restored = found.context();
                    Stream<Path> files = Files.list(folder.resolve("snapshots"))) {
                messages.subList(0, found.messages()).forEach(fresh::append);
                assertThat(restored.score(List.of("Yes"))).isEqualTo(fresh.score(List.of("Yes")));
                assertThat(files).noneMatch(file -> file.toString().endsWith(".part"));
            }
        }
    }

    /** Saves a point after each short message, goes on where it was, and says so, until it is killed. */
    static final class Saver {
        private Saver() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            PrintStream reports = reports();
            List<Message> messages = new ArrayList<>(List.of(DOCUMENT));
            for (int i = 1; i < 10_000; i++) {
                messages.add(message(i));
            }
            try (Engine engine = HybridEngine.open(Files.createTempDirectory("child"), CacheType.F32)) {
                RestoredContext found =
                        engine.restore(snapshots(folder), messages, (done, total) -> {}, new Cancellation());
                try (Context context = found.context()) {
                    for (int i = found.messages(); i < messages.size(); i++) {
                        context.append(messages.get(i));
                        context.save(snapshots(folder), (done, total) -> {}, new Cancellation());
                        reports.println("saved " + i + ";");
                    }
                }
            }
        }
    }

    /**
     * The system refuses to let a file grow, at a point in the middle of a snapshot. A full disk is told to a program in the
     * same way, but needs a disk of its own.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whatTheDiskDoesNotTakeIsClearedAwayAndTheContextGoesOn() throws Exception {
        Process child = start(Limited.class, List.of("sh", "-c", "ulimit -f 1024 && exec \"$@\"", "sh"));
        try (BufferedReader reports = child.inputReader()) {
            assertThat(reports.lines().filter(line -> line.endsWith(";")).toList())
                    .hasSize(2)
                    .satisfies(lines -> assertThat(lines.getFirst())
                            .contains("could not be written to " + folder.resolve("snapshots"))
                            .contains("nothing of it is kept"))
                    .satisfies(lines -> assertThat(lines.getLast()).isEqualTo("files 0, goes on true;"));
        }
        assertThat(child.waitFor()).isZero();
    }

    /** Tries to save more than it may write. */
    static final class Limited {
        private Limited() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            PrintStream reports = reports();
            try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                    Context context = engine.newContext()) {
                context.append(DOCUMENT);
                try {
                    context.save(snapshots(folder), (done, total) -> {}, new Cancellation());
                } catch (EngineException e) {
                    reports.println(e.getMessage().replace('\n', ' ') + ";");
                }
                try (Stream<Path> files = Files.list(folder.resolve("snapshots"))) {
                    long left = files.filter(file -> !file.toString().matches(".*(lock|about\\.txt)"))
                            .count();
                    boolean goesOn = context.score(List.of("Yes"))[0] < 0;
                    reports.println("files " + left + ", goes on " + goesOn + ";");
                }
            }
        }
    }

    private static PrintStream reports() {
        return new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    }

    private Process start(Class<?> main, List<String> wrapper) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                folder.toString()));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("child.err").toFile())
                .start();
    }
}
