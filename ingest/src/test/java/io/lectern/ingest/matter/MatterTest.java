package io.lectern.ingest.matter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.ingest.Progress;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.extract.DocumentReader;
import io.lectern.ingest.matter.FileResult.Outcome;
import io.lectern.ingest.matter.LibraryEntry.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MatterTest {
    @TempDir
    Path folder;

    private Path documents;
    private Path file;
    private Matter matter;

    @BeforeEach
    void open() throws IOException {
        documents = Files.createDirectory(folder.resolve("documents"));
        file = folder.resolve("case.lectern");
        matter = Matter.open(file);
    }

    @AfterEach
    void close() {
        matter.close();
    }

    @Test
    @Timeout(20)
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPipeIsNeverOpenedEvenWhereItIsNamedItself() throws Exception {
        Path pipe = documents.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        IngestSummary summary = matter.ingest(List.of(pipe), Progress.none());

        assertThat(summary.count(Outcome.FAILED)).isOne();
        assertThat(summary.files().getFirst().entry().findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("a device or a pipe"));
    }

    @Test
    void namesThatCannotBeAreRefused() throws IOException {
        Path link = Files.createSymbolicLink(documents.resolve("link"), Path.of("nowhere"));
        assertThatThrownBy(() -> matter.ingest(List.of(link), Progress.none()))
                .isInstanceOf(MatterException.class)
                .hasMessageContaining("leads nowhere");
        assertThatThrownBy(() -> matter.ingest(List.of(documents.resolve("x".repeat(300))), Progress.none()))
                .isInstanceOf(MatterException.class)
                .hasMessageContaining("there is no file or folder");
    }

    @Test
    void keepsWhatWasReadAndWhereItLies() throws IOException {
        Path lease = write("north/lease.txt", "The rent is 1,200 Euro.\nPayable monthly.\n");

        IngestSummary summary = ingest();

        assertThat(summary.count(Outcome.ADDED)).isOne();
        LibraryEntry entry = matter.entries().getFirst();
        assertThat(entry.path()).isEqualTo(lease);
        assertThat(entry.root()).isEqualTo(documents);
        assertThat(entry.name()).isEqualTo("north/lease.txt");
        assertThat(entry.status()).isEqualTo(Status.READY);
        assertThat(entry.characters()).isEqualTo(41);
        assertThat(entry.bytes()).isEqualTo(41);
        assertThat(entry.modified()).isEqualTo(Files.getLastModifiedTime(lease).toInstant());
        Document read = new DocumentReader().read(lease);
        assertThat(matter.document(entry.documentId())).isEqualTo(read);
        assertThat(summary.files().getFirst().entry()).isEqualTo(entry);
    }

    @Test
    void passesOverWhatHasNotChanged() throws IOException {
        settle(write("a.txt", "alpha"));
        write("b.txt", "beta");
        ingest();

        assertThat(outcomes(ingest())).containsOnly(Outcome.UNCHANGED);
    }

    @Test
    void whatAnEarlierReaderReadOtherwiseIsReadAgain() throws IOException {
        Path path = settle(write("a.txt", "today's words"));
        Document today = new DocumentReader().read(path);
        storeAsReadBy(DocumentReader.VERSION - 1, today, "yesterday's words");

        ingest(); // the path is new to the matter, the content is not

        assertThat(matter.search("today", 10)).hasSize(1);
        assertThat(matter.search("yesterday", 10)).isEmpty();
        assertThat(matter.document(today.id())).isEqualTo(today);
        assertThat(matter.entries().getFirst().characters())
                .isEqualTo(today.text().length());
    }

    @Test
    void aKnownFileIsReadAgainOnceByALaterReader() throws IOException {
        settle(write("a.txt", "alpha"));
        settle(write("b.txt", "beta"));
        ingest();
        asIfReadByAnEarlierReader();
        assertThat(outcomes(ingest())).as("reads as before").containsOnly(Outcome.UNCHANGED);

        DocumentId alpha = entry("a.txt").documentId();
        asIfReadByAnEarlierReader();
        storeAsReadBy(DocumentReader.VERSION, matter.document(alpha), "omega");
        assertThat(matter.search("omega", 10)).hasSize(1);
        asIfReadByAnEarlierReader();

        assertThat(outcomes(ingest())).containsExactlyInAnyOrder(Outcome.READ_AGAIN, Outcome.UNCHANGED);
        assertThat(matter.document(alpha).text()).isEqualTo("alpha");
        assertThat(matter.search("omega", 10)).isEmpty();
        assertThat(matter.search("alpha", 10)).hasSize(1);
        assertThat(outcomes(ingest())).containsOnly(Outcome.UNCHANGED);
    }

    private void storeAsReadBy(int reader, Document document, String text) {
        Document other = new Document(
                document.id(), document.format(), text, List.of(), LineLayout.of(text), List.of(), List.of());
        matter.write(connection -> DocumentStore.put(connection, DocumentStore.Prepared.of(other, reader)));
    }

    private void asIfReadByAnEarlierReader() {
        matter.write(connection -> {
            Database.execute(connection, "UPDATE documents SET reader = " + (DocumentReader.VERSION - 1));
            return null;
        });
    }

    @Test
    void trustsSizeAndTimeOnlyOnceTheFileHasSettled() throws IOException {
        Path settled = settle(write("settled.txt", "alpha"));
        FileTime time = Files.getLastModifiedTime(settled);
        Path fresh = write("fresh.txt", "alpha beta");
        FileTime freshTime = Files.getLastModifiedTime(fresh);
        ingest();
        Files.writeString(settled, "ALPHA");
        Files.setLastModifiedTime(settled, time);
        Files.writeString(fresh, "ALPHA BETA");
        Files.setLastModifiedTime(fresh, freshTime);

        assertThat(outcomes(ingest())).containsExactlyInAnyOrder(Outcome.UNCHANGED, Outcome.CHANGED);
        assertThat(matter.search("alpha", 10)).hasSize(2);
    }

    @Test
    void aChangedFileIsANewVersionOfItsPath() throws IOException {
        Path path = write("a.txt", "first words");
        ingest();
        LibraryEntry before = matter.entries().getFirst();
        Files.writeString(path, "second words, and more of them");

        assertThat(outcomes(ingest())).containsExactly(Outcome.CHANGED);

        LibraryEntry after = matter.entries().getFirst();
        assertThat(matter.entries()).hasSize(1);
        assertThat(after.sourceId()).isEqualTo(before.sourceId());
        assertThat(matter.versions(after.sourceId()))
                .extracting(DocumentVersion::documentId)
                .containsExactly(before.documentId(), after.documentId());
        assertThat(matter.document(before.documentId()).text()).isEqualTo("first words");
        assertThat(matter.search("first", 10)).isEmpty();
        assertThat(matter.search("second", 10)).hasSize(1);
    }

    @Test
    void aFileThatIsGoneIsMarkedAndCanComeBack() throws IOException {
        Path path = write("a.txt", "alpha");
        write("b.txt", "beta");
        ingest();
        Files.delete(path);

        assertThat(ingest().count(Outcome.MISSING)).isOne();
        LibraryEntry missing = entry("a.txt");
        assertThat(missing.status()).isEqualTo(Status.MISSING);
        assertThat(missing.isUsable()).isTrue();
        assertThat(matter.document(missing.documentId()).text()).isEqualTo("alpha");

        assertThat(ingest().count(Outcome.MISSING)).isZero();
        Files.writeString(path, "alpha");
        assertThat(outcomes(ingest())).containsOnly(Outcome.UNCHANGED);
        assertThat(entry("a.txt").status()).isEqualTo(Status.READY);
    }

    @Test
    void aFolderThatIsGoneAltogetherMarksItsFiles() throws IOException {
        Path path = write("inner/a.txt", "alpha");
        ingest();
        Files.delete(path);
        Files.delete(path.getParent());

        assertThat(outcomes(matter.ingest(List.of(documents.resolve("inner")), Progress.none())))
                .containsExactly(Outcome.MISSING);
    }

    @Test
    void theSameContentIsKeptOnce() throws IOException {
        write("a.txt", "the same words");
        ingest();
        write("b.txt", "the same words");
        ingest();

        assertThat(entry("a.txt").documentId()).isEqualTo(entry("b.txt").documentId());
        assertThat(entry("a.txt").findings()).isEmpty();
        assertThat(entry("b.txt").findings()).extracting(Finding::kind).containsExactly(Finding.Kind.DUPLICATE);
        assertThat(matter.search("same", 10)).hasSize(1);

        matter.remove(List.of(entry("a.txt").sourceId()));
        assertThat(entry("b.txt").findings()).isEmpty();
        assertThat(matter.document(entry("b.txt").documentId()).text()).isEqualTo("the same words");
    }

    @Test
    void aWrongNameIsAFindingOfThatNameAlone() throws IOException {
        write("a.pdf", "plain words");
        write("b.txt", "plain words");
        write("c.pdf", "plain words");
        ingest();

        assertThat(entry("a.pdf").findings()).extracting(Finding::kind).contains(Finding.Kind.MISLABELLED);
        assertThat(entry("b.txt").findings()).extracting(Finding::kind).doesNotContain(Finding.Kind.MISLABELLED);
        assertThat(entry("c.pdf").findings()).extracting(Finding::kind).contains(Finding.Kind.MISLABELLED);
        assertThat(entry("b.txt").documentId()).isEqualTo(entry("a.pdf").documentId());
    }

    @Test
    void duplicatesWithinOneRunAreStoredOnce() throws IOException {
        for (int i = 0; i < 50; i++) {
            write("copy" + i + ".txt", "all the same");
        }
        ingest();
        assertThat(matter.entries()).extracting(LibraryEntry::documentId).hasSize(50);
        assertThat(matter.entries().stream().map(LibraryEntry::documentId).distinct())
                .hasSize(1);
    }

    @Test
    void itsOwnFilesAreNeverIngested() throws IOException {
        write("a.txt", "alpha");

        matter.ingest(List.of(folder), Progress.none());
        matter.ingest(List.of(file), Progress.none());

        assertThat(matter.entries()).extracting(LibraryEntry::name).containsExactly("documents/a.txt");
    }

    @Test
    void whatIgnoreRulesLeaveOutIsListedButNotRead() throws IOException {
        write(".gitignore", "secret.txt\n");
        write("secret.txt", "password: swordfish");
        write("a.txt", "alpha");
        ingest();

        LibraryEntry leftOut = entry("secret.txt");
        assertThat(leftOut.status()).isEqualTo(Status.LEFT_OUT);
        assertThat(leftOut.documentId()).isNull();
        assertThat(leftOut.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.LEFT_OUT);
        assertThat(matter.search("swordfish", 10)).isEmpty();
    }

    @Test
    void anUnreadableFileIsAnEntryWithTheReason() throws IOException {
        write("empty.txt", "");
        write("a.txt", "alpha");
        ingest();

        assertThat(entry("empty.txt").status()).isEqualTo(Status.UNREADABLE);
        assertThat(entry("empty.txt").findings()).extracting(Finding::kind).contains(Finding.Kind.EMPTY);
        assertThat(entry("a.txt").status()).isEqualTo(Status.READY);
    }

    @Test
    void aPathThatNeverWasIsRefusedBeforeAnythingIsRead() throws IOException {
        write("a.txt", "alpha");

        assertThatThrownBy(() -> matter.ingest(List.of(documents, folder.resolve("typo")), Progress.none()))
                .isInstanceOf(MatterException.class)
                .hasMessageContaining("typo");
        assertThat(matter.entries()).isEmpty();
    }

    @Test
    void stopsBetweenFilesAndGoesOnLater() throws IOException {
        for (int i = 0; i < 20; i++) {
            write(i + ".txt", "words of " + i);
        }
        List<FileResult> heard = new ArrayList<>();
        Progress stopping = new Progress() {
            @Override
            public void report(int done, int total, String what) {
                assertThat(total).isEqualTo(20);
            }

            @Override
            public boolean isCancelled() {
                return heard.size() >= 5;
            }
        };

        IngestSummary summary = matter.ingest(List.of(documents), stopping, heard::add);

        assertThat(summary.cancelled()).isTrue();
        assertThat(heard).hasSize(5).isEqualTo(summary.files());
        assertThat(matter.entries()).hasSize(5);
        assertThat(ingest().count(Outcome.ADDED)).isEqualTo(15);
    }

    @Test
    void searchGivesExactPlaces() throws IOException {
        String text = "The Supplier shall not Sub-License. Zur Größe: GRÖSSE; cafe\u0301, 租赁合同的条款。 12.2(b) x\n";
        write("a.txt", text);
        ingest();

        assertThat(found("supplier", text)).containsExactly("Supplier");
        assertThat(found("suppl", text)).containsExactly("Supplier");
        assertThat(found("\"suppl\"", text)).isEmpty();
        assertThat(found("sub-license", text)).containsExactly("Sub-License");
        assertThat(found("\"shall not\"", text)).containsExactly("shall not");
        assertThat(found("\"not shall\"", text)).isEmpty();
        assertThat(found("not shall", text)).containsExactly("shall", "not");
        assertThat(found("größe", text)).containsExactly("Größe", "GRÖSSE");
        assertThat(found("CAFÉ", text)).containsExactly("cafe\u0301");
        assertThat(found("合同", text)).containsExactly("合同");
        assertThat(found("12.2(b)", text)).containsExactly("12.2(b");
        assertThat(found("supplier absent", text)).isEmpty();
    }

    @Test
    void deletingDeletes() throws IOException {
        String secret = "xylophonequartz";
        write("keep.txt", "ordinary words stay here");
        write("secret.txt", "the " + secret + " clause ".repeat(400));
        ingest();
        LibraryEntry entry = entry("secret.txt");
        byte[] stored = matter.read(connection -> {
            try (var select = connection.prepareStatement("SELECT text FROM contents ORDER BY length(text) DESC")) {
                var row = select.executeQuery();
                row.next();
                return row.getBytes(1);
            }
        });
        assertThat(bytesOnDisk()).contains(secret).contains(latin(stored));

        matter.remove(List.of(entry.sourceId()));

        assertThat(bytesOnDisk())
                .doesNotContain(secret)
                .doesNotContain(latin(stored))
                .doesNotContain("secret.txt");
        assertThat(matter.search(secret, 10)).isEmpty();
        assertThat(matter.search("clause", 10)).isEmpty();
        assertThat(matter.search("ordinary", 10)).hasSize(1);
        assertThatThrownBy(() -> matter.document(entry.documentId()))
                .isInstanceOfSatisfying(
                        MatterException.class, e -> assertThat(e.reason()).isEqualTo(MatterException.Reason.NOT_FOUND));
    }

    @Test
    void anOldVersionGoesWithItsPath() throws IOException {
        Path path = write("a.txt", "xylophonequartz");
        ingest();
        DocumentId old = entry("a.txt").documentId();
        Files.writeString(path, "something else");
        ingest();

        matter.remove(List.of(entry("a.txt").sourceId()));

        assertThat(matter.entries()).isEmpty();
        assertThat(bytesOnDisk()).doesNotContain("xylophonequartz");
        assertThatThrownBy(() -> matter.document(old)).isInstanceOf(MatterException.class);
    }

    private List<String> found(String query, String text) {
        List<SearchHit> hits = matter.search(query, 10);
        return hits.stream()
                .flatMap(hit -> hit.spans().stream())
                .map((Span span) -> span.of(text))
                .toList();
    }

    private String bytesOnDisk() throws IOException {
        var all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                all.append(latin(Files.readAllBytes(path)));
            }
        }
        return all.toString();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private IngestSummary ingest() {
        return matter.ingest(List.of(documents), Progress.none());
    }

    private LibraryEntry entry(String name) {
        return matter.entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Outcome> outcomes(IngestSummary summary) {
        return summary.files().stream().map(FileResult::outcome).toList();
    }

    private Path write(String name, String text) throws IOException {
        Path path = documents.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    private static Path settle(Path path) throws IOException {
        return Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(60)));
    }
}
