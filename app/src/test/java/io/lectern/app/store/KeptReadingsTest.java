package io.lectern.app.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.Snapshots;
import io.lectern.ingest.Progress;
import io.lectern.ingest.matter.Matter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where readings are kept, with which key, and when they go. */
class KeptReadingsTest {
    @TempDir
    Path folder;

    private Matter matter;
    private MatterStore store;
    private KeptReadings readings;

    @BeforeEach
    void open() throws IOException {
        Path documents = Files.createDirectory(folder.resolve("documents"));
        Files.writeString(documents.resolve("a.txt"), "Rent is payable monthly.");
        Files.writeString(documents.resolve("b.txt"), "The tenant may keep a dog.");
        matter = Matter.open(folder.resolve("case.lectern"));
        matter.ingest(List.of(documents), Progress.none());
        store = MatterStore.of(matter);
        readings = new KeptReadings(store.settings(), folder.resolve("readings"), folder.resolve("settings/keys"));
    }

    @AfterEach
    void close() {
        matter.close();
    }

    @Test
    void nothingIsKeptUntilSomebodySwitchesItOn() {
        assertThat(readings.isOn()).isFalse();
        assertThat(readings.folder()).isEmpty();
        assertThat(readings.bytes()).isZero();
        readings.keep(true);
        assertThat(readings.isOn()).isTrue();
        readings.keep(false);
        assertThat(readings.isOn()).isFalse();
        assertThat(readings.gigabytes()).isEqualTo(KeptReadings.USUAL_GIGABYTES);
        readings.limit(3);
        assertThat(readings.open().mostBytes()).isEqualTo(3_000_000_000L);
    }

    @Test
    void theKeyIsTheOwnersAloneAndNotInTheMatter() throws IOException {
        byte[] secret = readings.open().key().bytes();
        assertThat(readings.open().key().bytes()).isEqualTo(secret);
        Path key = onlyFile(folder.resolve("settings/keys"));
        assertThat(Files.readAllBytes(key)).isEqualTo(secret);
        if (Files.getFileStore(key).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readAllBytes(matter.file()))
                .satisfies(bytes -> assertThat(indexOf(bytes, secret)).isEqualTo(-1));
    }

    @Test
    void theyGoWithADocumentThatIsRemoved() throws IOException {
        Snapshots kept = readings.open();
        Path snapshot = pretendToKeep(kept);
        matter.ingest(List.of(folder.resolve("documents")), Progress.none());
        readings.deleteIfDocumentsWent();
        assertThat(snapshot).exists();

        matter.remove(List.of(matter.entries().getFirst().sourceId()));
        readings.deleteIfDocumentsWent();
        assertThat(snapshot).doesNotExist();
        assertThat(readings.bytes()).isZero();
        try (Stream<Path> keys = Files.list(folder.resolve("settings/keys"))) {
            assertThat(keys).isEmpty();
        }
        assertThat(readings.open().key().bytes()).isNotEqualTo(kept.key().bytes());
    }

    @Test
    void withoutTheirKeyTheyAreOfNoUseAndGo() throws IOException {
        Path snapshot = pretendToKeep(readings.open());
        Files.delete(onlyFile(folder.resolve("settings/keys")));
        readings.open();
        assertThat(snapshot).doesNotExist();
    }

    @Test
    void aDamagedKeyIsMadeAnew() throws IOException {
        Path snapshot = pretendToKeep(readings.open());
        Path key = onlyFile(folder.resolve("settings/keys"));
        Files.writeString(key, "damaged");
        byte[] secret = readings.open().key().bytes();
        assertThat(Files.readAllBytes(key)).isEqualTo(secret);
        assertThat(snapshot).doesNotExist();
    }

    @Test
    void aNameThatIsAPathIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Path file = Files.writeString(elsewhere.resolve("mine.segment"), "mine");
        store.settings().put("readings folder", "../elsewhere");
        assertThat(readings.folder()).isEmpty();
        assertThat(readings.delete()).isZero();
        assertThat(file).exists();
        assertThat(readings.open().folder().getParent()).isEqualTo(folder.resolve("readings"));
    }

    private static Path pretendToKeep(Snapshots kept) throws IOException {
        Files.createDirectories(kept.folder());
        return Files.writeString(kept.folder().resolve("x.segment"), "encrypted");
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }
}
