package io.lectern.ingest.matter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.Progress;
import io.lectern.ingest.matter.FileResult.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that ingests and removes documents, and looks at what it leaves. */
class CrashTest {
    @TempDir
    Path folder;

    private final Set<String> added = new HashSet<>();
    private final Set<String> removing = new HashSet<>();
    private final Random random = new Random();

    @Test
    void aFewKills() throws Exception {
        killAndLook(3);
    }

    @Test
    @Tag("slow")
    void fiftyKills() throws Exception {
        killAndLook(50);
    }

    @Test
    void twoProcessesWorkOnOneMatter() throws Exception {
        Path file = matterFile();
        try (ChildProcess child = start();
                Matter matter = Matter.open(file)) {
            matter.migrate("other", List.of(Migration.of("other", "CREATE TABLE other (x INTEGER NOT NULL) STRICT")));
            for (int i = 0; i < 40; i++) {
                child.next();
                matter.write(connection -> {
                    Database.execute(connection, "INSERT INTO other VALUES (1)");
                    return null;
                });
                for (LibraryEntry entry : matter.entries()) {
                    assertThat(entry.documentId()).isNotNull();
                }
            }
            int written = matter.read(connection -> {
                try (var select = connection.prepareStatement("SELECT count(*) FROM other")) {
                    return select.executeQuery().getInt(1);
                }
            });
            assertThat(written).isEqualTo(40);
        }
    }

    private void killAndLook(int kills) throws Exception {
        for (int i = 0; i < kills; i++) {
            try (ChildProcess child = start()) {
                hear(child.next());
                Thread.sleep(random.nextInt(600));
                child.kill().forEach(this::hear);
            }
            look();
        }
        assertThat(added)
                .as("files that were reported as stored before the kills")
                .isNotEmpty();
        try (Matter matter = Matter.open(matterFile())) {
            IngestSummary rest = matter.ingest(List.of(folder.resolve("documents")), Progress.none());
            assertThat(rest.count(Outcome.FAILED)).isZero();
            assertThat(matter.ingest(List.of(folder.resolve("documents")), Progress.none())
                            .count(Outcome.UNCHANGED))
                    .isEqualTo(rest.files().size());
        }
    }

    private void hear(String report) {
        String name = report.substring(report.indexOf(' ') + 1);
        (report.startsWith("added ") ? added : removing).add(name);
    }

    private void look() {
        try (Matter matter = Matter.open(matterFile())) {
            List<String> checks = matter.read(connection -> {
                List<String> messages = new ArrayList<>();
                for (String check : List.of("PRAGMA integrity_check", "PRAGMA foreign_key_check")) {
                    try (var statement = connection.prepareStatement(check);
                            var row = statement.executeQuery()) {
                        while (row.next()) {
                            messages.add(row.getString(1));
                        }
                    }
                }
                return messages;
            });
            assertThat(checks).containsExactly("ok");
            Map<String, LibraryEntry> entries =
                    matter.entries().stream().collect(Collectors.toMap(LibraryEntry::name, entry -> entry));
            for (String name : added) {
                if (!removing.contains(name)) {
                    assertThat(entries).containsKey(name);
                }
            }
            entries.forEach((name, entry) -> {
                assertThat(matter.document(entry.documentId()).text()).isEqualTo(text(name));
                assertThat(matter.search('"' + name.replace(".txt", "") + '"', 3))
                        .isNotEmpty();
            });
        }
    }

    private ChildProcess start() throws IOException {
        Path documents = Files.createDirectories(folder.resolve("documents"));
        return ChildProcess.start(Child.class, folder, matterFile(), documents);
    }

    private Path matterFile() {
        return folder.resolve("case.lectern");
    }

    private static String text(String name) {
        return ("These are the words of " + name + ", again.\n").repeat(1 + Math.floorMod(name.hashCode(), 60));
    }

    /** Ingests files that it makes, removes some, and says so, until it is killed. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            Path documents = Path.of(arguments[1]);
            PrintStream reports = ChildProcess.reports();
            Random random = new Random();
            try (Matter matter = Matter.open(Path.of(arguments[0]))) {
                while (true) {
                    for (int i = 0; i < 10; i++) {
                        String name = "file" + Long.toUnsignedString(random.nextLong(), 36) + ".txt";
                        Files.writeString(documents.resolve(name), text(name));
                    }
                    matter.ingest(List.of(documents), Progress.none(), result -> {
                        if (result.outcome() == Outcome.ADDED) {
                            ChildProcess.report(
                                    reports, "added " + result.entry().name());
                        }
                    });
                    for (LibraryEntry entry : matter.entries()) {
                        if (random.nextInt(8) == 0) {
                            ChildProcess.report(reports, "removing " + entry.name());
                            Files.delete(entry.path());
                            matter.remove(List.of(entry.sourceId()));
                        }
                    }
                }
            }
        }
    }
}
