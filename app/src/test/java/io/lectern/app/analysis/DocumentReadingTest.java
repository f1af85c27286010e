package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.SnapshotKey;
import io.lectern.engine.Snapshots;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readings that are kept on disk, with a real model. */
class DocumentReadingTest {
    private static Engine engine;

    @TempDir
    Path folder;

    private final List<AnswerEvent> events = new ArrayList<>();

    @BeforeAll
    static void open() {
        Optional<Path> file = ModelCache.ofUser().find(EmbeddedModel.SMOLLM2_135M);
        assumeThat(file).as("SmolLM2-135M is not in the model folder").isPresent();
        engine = Engines.open(file.orElseThrow(), EngineOptions.standard());
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private static NamedDocument document(String name, String sentence, int times) {
        return Documents.text(name, (sentence + "\n").repeat(times));
    }

    private Context read(List<NamedDocument> documents, Snapshots snapshots) {
        events.clear();
        Prompt prompt = new PromptAssembler(engine.tokenizer(), engine.info()).assemble(documents);
        return new DocumentReading(engine, events::add, new Cancellation()).read(prompt, Optional.of(snapshots));
    }

    private <T extends AnswerEvent> List<T> heard(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private int tokensRead() {
        return heard(AnswerEvent.Reading.class).stream()
                .filter(reading -> reading.doneTokens() == reading.totalTokens())
                .mapToInt(AnswerEvent.Reading::totalTokens)
                .distinct()
                .sum();
    }

    @Test
    void whatWasReadIsTakenUpAndAChangedDocumentReadFromItsStart() {
        Snapshots snapshots = new Snapshots(folder.resolve("kept"), SnapshotKey.random(), 1L << 30);
        NamedDocument lease = document("a-lease.txt", "The tenant pays a rent of 900 euros on the first day.", 180);
        NamedDocument rules = document("b-rules.txt", "No music after ten.", 12);
        double[] scores;
        int tokens;
        try (Context first = read(List.of(lease, rules), snapshots)) {
            assertThat(heard(AnswerEvent.TakenUp.class)).isEmpty();
            assertThat(tokensRead()).isPositive();
            tokens = first.tokenCount();
            scores = first.score(List.of("Yes", "No"));
        }
        try (Context again = read(List.of(rules, lease), snapshots)) {
            assertThat(heard(AnswerEvent.TakenUp.class))
                    .singleElement()
                    .satisfies(takenUp -> assertThat(takenUp.tokens()).isEqualTo(tokens));
            assertThat(tokensRead()).isZero();
            assertThat(again.score(List.of("Yes", "No"))).isEqualTo(scores);
        }
        try (Context changed = read(List.of(lease, document("b-rules.txt", "No dogs at all.", 12)), snapshots)) {
            assertThat(heard(AnswerEvent.TakenUp.class)).hasSize(1);
            assertThat(tokensRead()).isBetween(1, 200);
            assertThat(changed.tokenCount()).isGreaterThan(tokens - 200);
        }
        assertThat(heard(AnswerEvent.Remark.class)).isEmpty();
    }

    @Test
    void whatCannotBeKeptIsReadAllTheSame() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "not a folder");
        Snapshots snapshots = new Snapshots(notAFolder, SnapshotKey.random(), 1L << 30);
        NamedDocument rules = document("rules.txt", "No music after ten.", 12);
        try (Context context = read(List.of(rules), snapshots)) {
            assertThat(context.tokenCount()).isPositive();
            assertThat(heard(AnswerEvent.Remark.class))
                    .singleElement()
                    .satisfies(remark -> assertThat(remark.text()).contains("is not kept", notAFolder.toString()));
        }
    }
}
