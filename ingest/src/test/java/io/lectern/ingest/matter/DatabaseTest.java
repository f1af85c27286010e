package io.lectern.ingest.matter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lectern.ingest.Progress;
import io.lectern.ingest.matter.MatterException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final Migration NOTES = Migration.of("notes", "CREATE TABLE notes (text TEXT NOT NULL) STRICT");
    private static final Migration STARS = Migration.of("stars", "ALTER TABLE notes ADD COLUMN stars INTEGER");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("case.lectern");
    }

    @Test
    void refusesWhatIsNotAMatter() throws IOException, SQLException {
        Path text = Files.writeString(folder.resolve("letter.txt"), "Dear Sir or Madam, I write to you");
        assertRefused(text, Reason.NOT_A_MATTER);
        assertThat(text).hasContent("Dear Sir or Madam, I write to you");
        assertRefused(folder, Reason.NOT_A_MATTER);
        Path other = folder.resolve("browser.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + other)) {
            Database.execute(connection, "CREATE TABLE history (url TEXT)");
        }
        byte[] before = Files.readAllBytes(other);
        assertRefused(other, Reason.NOT_A_MATTER);
        assertThat(other).hasBinaryContent(before);
        assertRefused(folder.resolve("absent").resolve("case.lectern"), Reason.NOT_FOUND);
    }

    @Test
    void anEmptyFileBecomesAMatter() throws IOException {
        Files.createFile(file);
        Matter.open(file).close();
        try (Matter matter = Matter.open(file)) {
            assertThat(matter.entries()).isEmpty();
        }
    }

    @Test
    void refusesADamagedFile() throws IOException {
        try (Matter matter = Matter.open(file)) {
            for (int i = 0; i < 200; i++) {
                Files.writeString(folder.resolve(i + ".txt"), ("word" + i + " ").repeat(500));
            }
            matter.ingest(List.of(folder), Progress.none());
        }
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] noise = new byte[4096];
            new java.util.Random(3).nextBytes(noise);
            for (long at = 4096; at + 4096 < bytes.length(); at += 3 * 4096) {
                bytes.seek(at);
                bytes.write(noise);
            }
        }
        assertRefused(file, Reason.DAMAGED);
    }

    @Test
    void refusesAFolderThatCannotBeWritten() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeThat(Files.isWritable(locked))
                .as("this user may write anywhere, so no folder is read-only for it")
                .isFalse();
        assertRefused(locked.resolve("case.lectern"), Reason.READ_ONLY);
    }

    @Test
    void runsEachMigrationOnceAndRefusesANewerVersion() {
        try (Matter matter = Matter.open(file)) {
            matter.migrate("notes", List.of(NOTES));
            write(matter, "INSERT INTO notes VALUES ('kept')");
        }
        try (Matter matter = Matter.open(file)) {
            matter.migrate("notes", List.of(NOTES, STARS));
            matter.migrate("notes", List.of(NOTES, STARS));
            write(matter, "UPDATE notes SET stars = 3");
            assertThat(count(matter, "SELECT stars FROM notes WHERE text = 'kept'"))
                    .isEqualTo(3);
            assertThatThrownBy(() -> matter.migrate("notes", List.of(NOTES)))
                    .isInstanceOfSatisfying(
                            MatterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NEWER_VERSION))
                    .hasMessageContaining("newer Lectern");
            write(matter, "UPDATE schema_versions SET version = version + 1 WHERE name = 'ingest'");
        }
        assertRefused(file, Reason.NEWER_VERSION);
    }

    @Test
    void aMigrationThatFailsLeavesNothing() {
        Migration failing = Migration.of("half", "CREATE TABLE half (x)", "this is no SQL");
        try (Matter matter = Matter.open(file)) {
            matter.migrate("notes", List.of(NOTES));
            assertThatThrownBy(() -> matter.migrate("notes", List.of(NOTES, failing)))
                    .isInstanceOf(MatterException.class);
            assertThat(count(matter, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"))
                    .isZero();
            matter.migrate("notes", List.of(NOTES, STARS));
        }
    }

    @Test
    void whateverIsThrownRollsBack() {
        try (Matter matter = Matter.open(file)) {
            matter.migrate("notes", List.of(NOTES));
            assertThatThrownBy(() -> matter.write(connection -> {
                        Database.execute(connection, "INSERT INTO notes VALUES ('lost')");
                        throw new ArithmeticException("thrown by the caller");
                    }))
                    .isInstanceOf(ArithmeticException.class);
            assertThat(count(matter, "SELECT count(*) FROM notes")).isZero();
            assertThatThrownBy(() -> matter.read(connection -> {
                        Database.execute(connection, "INSERT INTO notes VALUES ('sneaked in')");
                        return null;
                    }))
                    .isInstanceOf(MatterException.class);
            assertThatThrownBy(() -> matter.write(connection -> matter.write(inner -> 1)))
                    .isInstanceOf(IllegalStateException.class);
            write(matter, "INSERT INTO notes VALUES ('kept')");
            assertThat(count(matter, "SELECT count(*) FROM notes")).isOne();
        }
    }

    @Test
    void threadsReadWhileOthersWrite() throws InterruptedException, ExecutionException {
        try (Matter matter = Matter.open(file);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            matter.migrate("notes", List.of(NOTES));
            List<Future<Integer>> writes = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> matter.write(connection -> {
                        // Two rows a transaction: a reader must never see one of them.
                        Database.execute(connection, "INSERT INTO notes VALUES ('a')");
                        Database.execute(connection, "INSERT INTO notes VALUES ('b')");
                        return 1;
                    })))
                    .toList();
            List<Future<Integer>> reads = IntStream.range(0, 200)
                    .mapToObj(i -> threads.submit(() -> count(matter, "SELECT count(*) FROM notes")))
                    .toList();
            for (Future<Integer> read : reads) {
                assertThat(read.get() % 2).isZero();
            }
            for (Future<Integer> write : writes) {
                write.get();
            }
            assertThat(count(matter, "SELECT count(*) FROM notes")).isEqualTo(80);
        }
    }

    @Test
    void aClosedMatterSaysSo() {
        Matter matter = Matter.open(file);
        matter.close();
        matter.close();
        assertThatThrownBy(matter::entries)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(folder).isDirectoryNotContaining("glob:**-wal");
    }

    @Test
    void anIndexMadeInAnotherWayIsMadeAnew() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "alpha beta");
        try (Matter matter = Matter.open(file)) {
            matter.ingest(List.of(folder), Progress.none());
            write(matter, "INSERT INTO search (search) VALUES ('delete-all')");
            assertThat(matter.search("alpha", 10)).isEmpty();
            write(matter, "UPDATE search_identity SET identity = 'words 0'");
        }
        try (Matter matter = Matter.open(file)) {
            assertThat(matter.search("alpha", 10)).hasSize(1);
        }
    }

    private static void assertRefused(Path file, Reason reason) {
        ThrowingCallable opening = () -> Matter.open(file).close();
        assertThatThrownBy(opening)
                .isInstanceOfSatisfying(
                        MatterException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(file.getFileName().toString().equals("case.lectern") ? "" : file.toString());
    }

    private static void write(Matter matter, String sql) {
        matter.write(connection -> {
            Database.execute(connection, sql);
            return null;
        });
    }

    private static int count(Matter matter, String sql) {
        return matter.read(connection -> {
            try (var select = connection.prepareStatement(sql)) {
                var row = select.executeQuery();
                row.next();
                return row.getInt(1);
            }
        });
    }
}
