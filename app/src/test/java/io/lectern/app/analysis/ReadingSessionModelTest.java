package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lectern.app.demo.Demo;
import io.lectern.app.demo.DemoScore;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import io.lectern.ingest.extract.DocumentReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions with real models: whatever the model says, what is shown stands in the source. */
class ReadingSessionModelTest {

    private static Engine open(EmbeddedModel model) {
        Optional<Path> file = ModelCache.ofUser().find(model);
        assumeThat(file)
                .as("%s is not in the model folder (lectern engine fetch)".formatted(model.title()))
                .isPresent();
        return Engines.open(file.orElseThrow(), EngineOptions.standard());
    }

    private static void assertShownWordsStandInTheSource(Answer answer, List<NamedDocument> documents) {
        for (Citation citation : answer.citations()) {
            if (citation.isShown()) {
                Passage passage = citation.passage();
                assertThat(documents)
                        .filteredOn(named -> named.document().id().equals(passage.documentId()))
                        .singleElement()
                        .satisfies(named -> assertThat(
                                        passage.span().of(named.document().text()))
                                .isEqualTo(passage.text()));
            }
        }
    }

    @Test
    void aModelOfAnySizeIsHeldToTheSource() {
        List<NamedDocument> documents = List.of(
                Documents.text(
                        "lease.txt",
                        "LEASE\n\n1. Rent. The Tenant shall pay a rent of $900 on the first day of each month.\n\n"
                                + "2. Pets. The Tenant may keep one small dog in the flat.\n"),
                Documents.text("note.txt", "The keys are with the caretaker.\n"));
        try (Engine engine = open(EmbeddedModel.SMOLLM2_135M);
                ReadingSession session =
                        ReadingSession.open(engine, documents, List.of(), event -> {}, new Cancellation())) {
            Answer first = session.ask("How much is the rent?", event -> {}, new Cancellation());
            Answer again = session.ask("How much is the rent?", event -> {}, new Cancellation());

            assertShownWordsStandInTheSource(first, documents);
            assertThat(first.presence().probability()).isBetween(0.0, 1.0);
            assertThat(again.text()).isEqualTo(first.text());
            assertThat(again.outcome()).isEqualTo(first.outcome());
            assertThat(first.coverage().documentsRead()).isEqualTo(2);
            assertThat(first.coverage().window()).isEqualTo(engine.info().contextWindow());
            assertThat(first.model().sha256()).isEqualTo(EmbeddedModel.SMOLLM2_135M.sha256());
        }
    }

    @Test
    @Tag("slow")
    void theDefaultModelPassesTheDemonstration(@TempDir Path folder) {
        Demo demo = Demo.load();
        List<NamedDocument> documents = demo.writeDocuments(folder).stream()
                .map(path -> new NamedDocument(path.getFileName().toString(), new DocumentReader().read(path)))
                .toList();
        try (Engine engine = open(EmbeddedModel.QWEN_2_5_CODER_1_5B);
                ReadingSession session =
                        ReadingSession.open(engine, documents, List.of(), event -> {}, new Cancellation())) {
            List<Answer> answers = demo.questions().stream()
                    .map(question -> session.ask(question.question(), event -> {}, new Cancellation()))
                    .toList();

            assertThat(session.coverage().tokensRead()).isLessThan(9000);
            answers.forEach(answer -> assertShownWordsStandInTheSource(answer, documents));
            DemoScore score = DemoScore.of(demo, answers);
            assertThat(score.answerableRight()).isGreaterThanOrEqualTo(3);
            assertThat(score.absentRight()).isEqualTo(1);
        }
    }
}
