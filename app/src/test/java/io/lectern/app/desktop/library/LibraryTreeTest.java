package io.lectern.app.desktop.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.LibraryEntry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibraryTreeTest {

    @Test
    void putsFoldersAsOnDiskBeforeFiles() {
        LibraryNode root = LibraryTree.of(List.of(
                entry("b.txt", 10),
                entry("Leases/Mercer St/lease.pdf", 10),
                entry("a.txt", 10),
                entry("Leases/x.pdf", 10)));
        assertThat(names(root))
                .containsExactly(
                        "room",
                        "room/Leases",
                        "room/Leases/Mercer St",
                        "room/Leases/Mercer St/lease.pdf",
                        "room/Leases/x.pdf",
                        "room/a.txt",
                        "room/b.txt");
    }

    @Test
    void aFolderIsPartlyChosenWhenSomeOfItsFilesAre() {
        LibraryNode root =
                LibraryTree.of(List.of(entry("a/1.txt", 10), entry("a/2.txt", 10), entry("a/broken.pdf", 0)));
        LibraryNode folder = root.children().getFirst().children().getFirst();
        folder.children().getFirst().choose(true);
        root.sumChoices();
        assertThat(folder.choiceProperty().get()).isEqualTo(Choice.SOME);
        folder.choose(true);
        root.sumChoices();
        // A file without text cannot be chosen and does not stand in the way of the folder's being chosen whole.
        assertThat(folder.choiceProperty().get()).isEqualTo(Choice.ALL);
        assertThat(folder.children().getLast().choiceProperty().get()).isEqualTo(Choice.NONE);
        root.choose(false);
        root.sumChoices();
        assertThat(root.choiceProperty().get()).isEqualTo(Choice.NONE);
    }

    @Test
    void aFolderHasTheTokensOfItsFilesAndIsExactWhenTheyAre() {
        LibraryNode root = LibraryTree.of(List.of(entry("a/1.txt", 10), entry("a/2.txt", 10)));
        List<LibraryNode> files =
                root.children().getFirst().children().getFirst().children();
        files.getFirst().setTokens(3, true);
        files.getLast().setTokens(4, false);
        root.sumTokens();
        assertThat(root.tokensProperty().get()).isEqualTo(7);
        assertThat(root.isExact()).isFalse();
        files.getLast().setTokens(5, true);
        root.sumTokens();
        assertThat(root.tokensProperty().get()).isEqualTo(8);
        assertThat(root.isExact()).isTrue();
    }

    private static List<String> names(LibraryNode root) {
        List<String> names = new ArrayList<>();
        root.children().forEach(child -> collect(child, names));
        return names;
    }

    private static void collect(LibraryNode node, List<String> names) {
        names.add(node.toString().substring(1));
        node.children().forEach(child -> collect(child, names));
    }

    private static LibraryEntry entry(String name, int characters) {
        Path root = Path.of("room").toAbsolutePath();
        return new LibraryEntry(
                1,
                root.resolve(name),
                root,
                name,
                new DocumentId("%064x".formatted(name.hashCode() & 0xFFFFFFFFL)),
                DocumentFormat.TEXT,
                0,
                characters,
                1,
                Instant.EPOCH,
                characters > 0 ? LibraryEntry.Status.READY : LibraryEntry.Status.UNREADABLE,
                List.of());
    }
}
