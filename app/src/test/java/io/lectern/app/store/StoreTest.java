package io.lectern.app.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Answer.Outcome;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.Progress;
import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.extract.DocumentReader;
import io.lectern.ingest.matter.FileResult;
import io.lectern.ingest.matter.IngestSummary;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import io.lectern.ingest.matter.MatterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    private static final String SECRET = "xylophonequartz";

    @TempDir
    Path folder;

    private Matter matter;
    private MatterStore store;
    private long conversation;
    private LibraryEntry open;
    private LibraryEntry secret;

    @BeforeEach
    void open() throws IOException {
        Path documents = Files.createDirectory(folder.resolve("documents"));
        Files.writeString(documents.resolve("a-open.txt"), "Rent is payable monthly.");
        Files.writeString(documents.resolve("b-secret.txt"), "The word is " + SECRET + ".");
        matter = Matter.open(folder.resolve("case.lectern"));
        matter.ingest(List.of(documents), Progress.none());
        open = matter.entries().getFirst();
        secret = matter.entries().getLast();
        store = MatterStore.of(matter);
        conversation = store.answers().conversations().getFirst().id();
    }

    @AfterEach
    void close() {
        matter.close();
    }

    @Test
    void givesBackExactlyWhatWasSaved() {
        Passage lines = passage(open, new Locator.Lines(1, 1, 1, 5));
        Passage pages = new Passage(
                open.documentId(),
                "a\u0000b\ud800",
                new Span(0, 4),
                "„Miete“ \ud83d\ude00 \udc00\u0000",
                new Locator.Pages(List.of(new Locator.PageArea(3, List.of(new Box(1.25f, 0.1f, 100, 12.015625f))))));
        Passage paragraphs = passage(open, new Locator.Paragraphs(2, 3, "body"));
        Answer answer = new Answer(
                "one",
                "Wann ist die Miete fällig?",
                Outcome.ANSWERED,
                "Monthly.",
                List.of(
                        new Citation(1, "Monthly.", "", Verbatim.VERIFIED, Support.YES, lines),
                        new Citation(2, "Monthly.", "rent", Verbatim.REPAIRED, Support.WEAK, pages),
                        new Citation(3, "Monthly.", "", Verbatim.VERIFIED, Support.UNCHECKED, paragraphs),
                        new Citation(4, "Never.", "never", Verbatim.NOT_FOUND, Support.UNCHECKED, null)),
                new Answer.Presence(0.1 + 0.2, 0.5, true),
                new Answer.Drafting("Hm.\u0000", 3, 2, 21.5),
                coverage(open),
                new Answer.Model("m", "Q4_K_M", "", "this machine", true),
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                1.5);
        Answer stopped = answer("two", Outcome.STOPPED, open);

        store.answers().save(conversation, answer);
        store.answers().save(conversation, stopped);

        assertThat(store.answers().answers(conversation)).containsExactly(answer, stopped);
        assertThat(store.answers().answer("one")).contains(answer);
        assertThat(store.answers().answer("three")).isEmpty();
    }

    @Test
    void readsAnAnswerFromBeforeThinkingWasKept() {
        store.answers().save(conversation, answer("one", Outcome.ANSWERED, open));
        matter.write(connection -> {
            try (var update =
                    connection.prepareStatement("UPDATE answers SET json = json_remove(json, '$.drafting')")) {
                return update.executeUpdate();
            }
        });
        assertThat(store.answers().answer("one")).contains(answer("one", Outcome.ANSWERED, open));
    }

    @Test
    void replacesAnAnswerInItsPlace() {
        store.answers().save(conversation, answer("one", Outcome.STOPPED, open));
        store.answers().save(conversation, answer("two", Outcome.ANSWERED, open));
        store.answers().save(conversation, answer("one", Outcome.UNPROVED, secret));

        assertThat(store.answers().answers())
                .containsExactly(answer("one", Outcome.UNPROVED, secret), answer("two", Outcome.ANSWERED, open));
        assertThat(store.answers().restingOn(List.of(open.documentId())))
                .extracting(Answer::id)
                .containsExactly("two");
    }

    @Test
    void keepsConversationsApart() {
        Conversation other = store.answers().begin("About the rent");
        store.answers().save(conversation, answer("one", Outcome.ANSWERED, open));
        store.answers().save(other.id(), answer("two", Outcome.ANSWERED, open));

        assertThat(store.answers().conversations()).hasSize(2).contains(other);
        assertThat(store.answers().answers(other.id())).extracting(Answer::id).containsExactly("two");

        store.answers().deleteConversation(other.id());
        assertThat(store.answers().answers()).extracting(Answer::id).containsExactly("one");
        assertThatThrownBy(() -> store.answers().save(other.id(), answer("three", Outcome.ANSWERED, open)))
                .isInstanceOf(MatterException.class);
    }

    @Test
    void everythingIsThereAfterReopening() {
        store.answers().save(conversation, answer("one", Outcome.ANSWERED, open));
        store.settings().put("selected", "a,b");
        Path file = matter.file();
        matter.close();
        matter = Matter.open(file);
        store = MatterStore.of(matter);

        assertThat(store.answers().answers()).containsExactly(answer("one", Outcome.ANSWERED, open));
        assertThat(store.answers().conversations()).hasSize(1);
        assertThat(store.settings().get("selected")).contains("a,b");
    }

    @Test
    void anAnswerGoesWithADocumentThatItCitesOrThatWasReadForIt() throws IOException {
        Answer late = answer("late", Outcome.ANSWERED, secret);
        store.answers().save(conversation, answer("cites", Outcome.ANSWERED, secret));
        store.answers().save(conversation, readOnly("reads", secret));
        store.answers().save(conversation, answer("other", Outcome.ANSWERED, open));
        assertThat(bytesOnDisk()).contains(SECRET);
        assertThat(store.answers().restingOn(List.of(secret.documentId())))
                .extracting(Answer::id)
                .containsExactly("cites", "reads");

        matter.remove(List.of(secret.sourceId()));

        assertThat(store.answers().answers()).extracting(Answer::id).containsExactly("other");
        assertThat(bytesOnDisk()).doesNotContain(SECRET);
        assertThatThrownBy(() -> store.answers().save(conversation, late))
                .isInstanceOf(MatterException.class)
                .hasMessageContaining("removed while");
        assertThat(bytesOnDisk()).doesNotContain(SECRET);
    }

    @Test
    void aDeletedAnswerIsGoneFromTheFile() throws IOException {
        store.answers().save(conversation, answer("one", Outcome.ANSWERED, open, "the model said zanzibarine"));
        assertThat(bytesOnDisk()).contains("zanzibarine");

        store.answers().delete("one");

        assertThat(bytesOnDisk()).doesNotContain("zanzibarine");
        assertThat(store.answers().answers()).isEmpty();
    }

    @Test
    void tokenCountsBelongToATokenizerAndADocument() {
        DocumentId unknown = new DocumentId("0".repeat(64));
        store.tokenCounts().put("smollm", Map.of(open.documentId(), 5, secret.documentId(), 7, unknown, 9));
        store.tokenCounts().put("qwen", Map.of(open.documentId(), 6));
        store.tokenCounts().put("qwen", Map.of(open.documentId(), 8));

        assertThat(store.tokenCounts().of("smollm")).isEqualTo(Map.of(open.documentId(), 5, secret.documentId(), 7));
        assertThat(store.tokenCounts().of("qwen")).isEqualTo(Map.of(open.documentId(), 8));

        matter.remove(List.of(secret.sourceId()));
        assertThat(store.tokenCounts().of("smollm")).isEqualTo(Map.of(open.documentId(), 5));
    }

    @Test
    void aTextThatAnswersRestOnIsNotRenewedByALaterReader() throws IOException {
        asIfAnEarlierReaderHadReadOtherwise(open);
        store.answers().save(conversation, readOnly("reads", open));
        store.tokenCounts().put("qwen", Map.of(open.documentId(), 6));
        String earlier = matter.document(open.documentId()).text();

        IngestSummary again = matter.ingest(List.of(open.root()), Progress.none());

        assertThat(again.count(FileResult.Outcome.READ_AGAIN)).isZero();
        assertThat(matter.document(open.documentId()).text()).isEqualTo(earlier).contains(SECRET);
        assertThat(matter.entries().getFirst().findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.kind()).isEqualTo(Finding.Kind.OLDER_READING));
        assertThat(store.tokenCounts().of("qwen")).containsKey(open.documentId());

        matter.remove(List.of(open.sourceId()));
        matter.ingest(List.of(open.root()), Progress.none());
        assertThat(matter.document(open.documentId()).text()).contains("Rent is payable");
        assertThat(matter.entries().getFirst().findings()).isEmpty();
    }

    @Test
    void aTextThatNoAnswerRestsOnIsRenewedAndCountedAnew() {
        asIfAnEarlierReaderHadReadOtherwise(open);
        store.answers().save(conversation, readOnly("reads another", secret));
        store.tokenCounts().put("qwen", Map.of(open.documentId(), 6, secret.documentId(), 7));

        IngestSummary again = matter.ingest(List.of(open.root()), Progress.none());

        assertThat(again.count(FileResult.Outcome.READ_AGAIN)).isOne();
        assertThat(matter.document(open.documentId()).text()).contains("Rent is payable");
        assertThat(store.tokenCounts().of("qwen")).containsOnlyKeys(secret.documentId());
    }

    /** Gives a document the text of the other one, as read by an earlier version. */
    private void asIfAnEarlierReaderHadReadOtherwise(LibraryEntry entry) {
        matter.write(connection -> {
            try (var copy = connection.prepareStatement("""
                    UPDATE contents SET (text, structure) = (SELECT text, structure FROM contents JOIN documents
                        ON number = document WHERE sha256 = ?)
                    WHERE document = (SELECT number FROM documents WHERE sha256 = ?)""")) {
                copy.setString(1, secret.documentId().sha256());
                copy.setString(2, entry.documentId().sha256());
                copy.executeUpdate();
            }
            try (var older = connection.createStatement()) {
                older.executeUpdate("UPDATE documents SET reader = " + (DocumentReader.VERSION - 1));
                // The index is made anew from the texts when the matter is opened.
                return older.executeUpdate("DELETE FROM search_identity");
            }
        });
        Path file = matter.file();
        matter.close();
        matter = Matter.open(file);
        store = MatterStore.of(matter);
    }

    @Test
    void nothingIsKnownOfATokenizerThatNothingTellsFromOthers() {
        store.tokenCounts().put("", Map.of(open.documentId(), 6));
        assertThat(store.tokenCounts().of("")).isEmpty();
    }

    @Test
    void settingsAreSetReplacedAndForgotten() {
        assertThat(store.settings().get("theme")).isEmpty();
        store.settings().put("theme", "dark");
        store.settings().put("theme", "light");
        assertThat(store.settings().get("theme")).contains("light");
        store.settings().remove("theme");
        assertThat(store.settings().get("theme")).isEmpty();
    }

    private Answer answer(String id, Outcome outcome, LibraryEntry cited) {
        return answer(id, outcome, cited, "Monthly.");
    }

    private Answer answer(String id, Outcome outcome, LibraryEntry cited, String text) {
        return new Answer(
                id,
                "When?",
                outcome,
                text,
                List.of(new Citation(
                        1, text, "", Verbatim.VERIFIED, Support.YES, passage(cited, new Locator.Lines(1, 1, 1, 5)))),
                null,
                new Coverage(List.of(), 4096),
                new Answer.Model("m", "", "", "this machine", true),
                Instant.EPOCH,
                0);
    }

    private Answer readOnly(String id, LibraryEntry read) {
        return new Answer(
                id,
                "When?",
                Outcome.UNPROVED,
                "It says " + SECRET,
                List.of(),
                null,
                coverage(read),
                new Answer.Model("m", "", "", "this machine", true),
                Instant.EPOCH,
                0);
    }

    private static Coverage coverage(LibraryEntry read) {
        return new Coverage(
                List.of(new Coverage.Entry(read.documentId(), read.name(), 0, read.characters(), 5, true, "")), 4096);
    }

    private Passage passage(LibraryEntry entry, Locator locator) {
        String text = matter.document(entry.documentId()).text();
        return new Passage(entry.documentId(), entry.name(), new Span(0, text.length()), text, locator);
    }

    private String bytesOnDisk() throws IOException {
        var all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
