package io.lectern.app.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Answer.Outcome;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.Progress;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.matter.ChildProcess;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that saves answers while it ingests; every answer that it said was saved must be there. */
class AnswerCrashTest {
    @TempDir
    Path folder;

    private final List<String> saved = new ArrayList<>();
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

    private void killAndLook(int kills) throws Exception {
        Path file = folder.resolve("case.lectern");
        Path documents = Files.createDirectories(folder.resolve("documents"));
        for (int i = 0; i < kills; i++) {
            try (ChildProcess child = ChildProcess.start(Child.class, folder, file, documents)) {
                saved.add(child.next());
                Thread.sleep(random.nextInt(600));
                saved.addAll(child.kill());
            }
            look(file);
        }
        assertThat(saved).hasSizeGreaterThanOrEqualTo(kills);
    }

    private void look(Path file) {
        try (Matter matter = Matter.open(file)) {
            AnswerStore answers = MatterStore.of(matter).answers();
            assertThat(answers.answers()).extracting(Answer::id).containsAll(saved);
            for (Answer answer : answers.answers()) {
                Passage passage = answer.citations().getFirst().passage();
                Document document = matter.document(passage.documentId());
                assertThat(passage.text()).isEqualTo(passage.span().of(document.text()));
            }
        }
    }

    /** Saves answers about files that it makes and ingests, and says so, until it is killed. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            Path documents = Path.of(arguments[1]);
            PrintStream reports = ChildProcess.reports();
            try (Matter matter = Matter.open(Path.of(arguments[0]))) {
                AnswerStore answers = MatterStore.of(matter).answers();
                long conversation = answers.conversations().getFirst().id();
                while (true) {
                    String name = UUID.randomUUID() + ".txt";
                    Files.writeString(documents.resolve(name), ("The words of " + name + ". ").repeat(50));
                    matter.ingest(List.of(documents.resolve(name)), Progress.none(), result -> {
                        Answer answer = answer(matter, result.entry());
                        answers.save(conversation, answer);
                        ChildProcess.report(reports, answer.id());
                    });
                }
            }
        }

        private static Answer answer(Matter matter, LibraryEntry entry) {
            Document document = matter.document(entry.documentId());
            Span span = new Span(4, 30);
            Passage passage =
                    new Passage(document.id(), entry.name(), span, span.of(document.text()), document.locate(span));
            return new Answer(
                    UUID.randomUUID().toString(),
                    "What are the words?",
                    Outcome.STOPPED,
                    "The words are these.",
                    List.of(new Citation(1, "The words.", "", Verbatim.VERIFIED, Support.UNCHECKED, passage)),
                    null,
                    new Coverage(List.of(), 4096),
                    new Answer.Model("none", "", "", "this machine", true),
                    Instant.now(),
                    0);
        }
    }
}
