package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.app.analysis.Answer.Outcome;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Sampling;
import io.lectern.engine.Thinking;
import io.lectern.engine.ThinkingBudget;
import io.lectern.ingest.document.DocumentId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class ReadingSessionTest {
    private static final String RENT = "The Tenant shall pay a rent of $900 on the first day of each month.";
    private static final String PETS = "The Tenant may keep one small dog in the flat.";
    private static final LeftOut SCAN = new LeftOut(new DocumentId("a".repeat(64)), "scan.pdf", 7, "no text layer");

    private final NamedDocument lease =
            Documents.text("lease.txt", "LEASE\n\n1. Rent. " + RENT + "\n\n2. Pets. " + PETS + "\n");

    private ReadingSession open(ScriptedEngine engine) {
        return ReadingSession.open(engine, List.of(lease), List.of(SCAN), event -> {}, new Cancellation());
    }

    @Test
    void showsTheSourcesOwnWords() {
        ScriptedEngine engine = new ScriptedEngine(
                "The tenant pays 900 dollars of rent every month.",
                said -> said.contains("dog") && !said.contains("<document") ? 0.1 : 0.9,
                100_000);
        List<AnswerEvent> events = new ArrayList<>();
        try (ReadingSession session = open(new ScriptedEngine("", said -> 0.9, 100_000))) {
            assertThat(session.coverage().documents()).hasSize(2);
        }
        try (ReadingSession session =
                ReadingSession.open(engine, List.of(lease), List.of(SCAN), event -> {}, new Cancellation())) {
            int readBefore = engine.read.size();
            Answer answer = session.ask("How much is the rent?", events::add, new Cancellation());

            assertThat(answer.outcome()).isEqualTo(Outcome.ANSWERED);
            assertThat(answer.text()).isEqualTo("The tenant pays 900 dollars of rent every month.");
            Citation first = answer.citations().getFirst();
            assertThat(first.passage().text()).isEqualTo(RENT);
            assertThat(first.passage().span().of(lease.document().text())).isEqualTo(RENT);
            assertThat(first.passage().locator().label()).isEqualTo("line 3");
            assertThat(first.verbatim()).isEqualTo(Verbatim.VERIFIED);
            assertThat(first.support()).isEqualTo(Support.YES);
            assertThat(answer.coverage().summary()).startsWith("1 of 2 documents");
            assertThat(answer.coverage().documents().getLast().reason()).isEqualTo("no text layer");
            assertThat(engine.read.subList(readBefore, engine.read.size()))
                    .noneMatch(part -> part.contains("<document"));
            assertThat(engine.open).isEqualTo(1);
        }
        assertThat(engine.open).isZero();
        assertThat(events).hasAtLeastOneElementOfType(AnswerEvent.Drafting.class);
        assertThat(events).hasAtLeastOneElementOfType(AnswerEvent.Checking.class);
        assertThat(events).doesNotHaveAnyElementsOfTypes(AnswerEvent.Answered.class);
    }

    @Test
    void thinkingIsKeptButNeverCitedAndJudgesNothing() {
        ScriptedEngine engine =
                new ScriptedEngine("The tenant pays 900 dollars of rent every month.", said -> 0.9, 100_000);
        engine.thought = "Perhaps “The Tenant may keep one small dog in the flat” matters. It does not.";
        List<AnswerEvent> events = new ArrayList<>();
        try (ReadingSession session = open(engine)) {
            Answer answer = session.ask(
                    "How much is the rent?", new Thinking(ThinkingBudget.BRIEF), events::add, new Cancellation());
            assertThat(answer.text()).isEqualTo("The tenant pays 900 dollars of rent every month.");
            assertThat(answer.drafting().thinking()).isEqualTo(engine.thought);
            assertThat(answer.drafting().thinkingTokens()).isEqualTo(engine.thought.length());
            assertThat(answer.hasThought()).isTrue();
            assertThat(answer.citations()).extracting(Citation::written).containsOnly("");
            assertThat(answer.citations().getFirst().passage().text()).isEqualTo(RENT);
            assertThat(events).hasAtLeastOneElementOfType(AnswerEvent.Thinking.class);
            assertThat(engine.requests.getLast().thinking().budget()).isEqualTo(ThinkingBudget.BRIEF);

            Answer again = session.ask("How much is the rent?", event -> {}, new Cancellation());
            assertThat(again.hasThought()).isFalse();
            assertThat(engine.requests.getLast().sampling()).isEqualTo(Sampling.GREEDY);
        }
    }

    @Test
    void quotationsOfTheModelAreLookedUp() {
        ScriptedEngine engine = new ScriptedEngine(
                "The \"Tenant\" and the \"Owner\": “a rent of $900 on the first day” and \"a rent of $800 on the first day\" and \"The Tenant can have one small dog in the flat\".",
                said -> 0.9,
                100_000);
        try (ReadingSession session = open(engine)) {
            List<Citation> citations = session.ask("How much is the rent?", event -> {}, new Cancellation())
                    .citations();
            assertThat(citations.get(0).written()).isEqualTo("a rent of $900 on the first day");
            assertThat(citations.get(0).verbatim()).isEqualTo(Verbatim.VERIFIED);
            assertThat(citations.get(0).passage().text()).isEqualTo("a rent of $900 on the first day");
            assertThat(citations.get(1).verbatim()).isEqualTo(Verbatim.NOT_FOUND);
            assertThat(citations.get(1).isShown()).isFalse();
            assertThat(citations.get(2).verbatim()).isEqualTo(Verbatim.NOT_FOUND);
            assertThat(citations).extracting(Citation::number).startsWith(1, 2, 3);
        }
    }

    @Test
    void whatIsNotThereIsNotFound() {
        ScriptedEngine engine = new ScriptedEngine("Yes, there is.", said -> 0.1, 100_000);
        try (ReadingSession session = open(engine)) {
            Answer answer = session.ask("How much is the rent?", event -> {}, new Cancellation());
            assertThat(answer.outcome()).isEqualTo(Outcome.NOT_FOUND);
            assertThat(answer.text()).isEmpty();
            assertThat(answer.citations()).noneMatch(Citation::isShown);
            assertThat(answer.presence().probability())
                    .isLessThan(answer.presence().threshold());
            assertThat(answer.coverage().tokensRead()).isPositive();
        }
    }

    @Test
    void aDraftThatRestsOnTheDocumentsIsAnAnswerAlthoughTheModelDoubts() {
        ScriptedEngine engine = new ScriptedEngine(
                "The tenant pays a rent of 900 on the first day of each month.",
                said -> said.contains("<document") ? 0.7 : 0.9,
                100_000);
        List<AnswerEvent> events = new ArrayList<>();
        try (ReadingSession session = open(engine)) {
            Answer answer = session.ask("How much is the rent?", events::add, new Cancellation());
            assertThat(answer.outcome()).isEqualTo(Outcome.ANSWERED);
            assertThat(answer.citations().getFirst().passage().text()).isEqualTo(RENT);
            assertThat(events).doesNotHaveAnyElementsOfTypes(AnswerEvent.Drafting.class);
        }
    }

    @Test
    void aDraftThatRestsOnNothingIsUnproved() {
        ScriptedEngine engine =
                new ScriptedEngine("Yes, arbitration in Geneva settles disputes.", said -> 0.9, 100_000);
        try (ReadingSession session = open(engine)) {
            Answer answer = session.ask("How are disputes settled?", event -> {}, new Cancellation());
            assertThat(answer.outcome()).isEqualTo(Outcome.UNPROVED);
            assertThat(answer.text()).startsWith("Yes, arbitration");
            assertThat(answer.citations()).isEmpty();
        }
    }

    @Test
    void stoppingKeepsWhatWasWritten() {
        ScriptedEngine engine = new ScriptedEngine("The tenant pays rent every month.", said -> 0.9, 100_000);
        Cancellation cancellation = new Cancellation();
        try (ReadingSession session = open(engine)) {
            Answer answer = session.ask(
                    "How much is the rent?",
                    event -> {
                        if (event instanceof AnswerEvent.Drafting drafting
                                && drafting.text().startsWith("pays")) {
                            cancellation.cancel();
                        }
                    },
                    cancellation);
            assertThat(answer.outcome()).isEqualTo(Outcome.STOPPED);
            assertThat(answer.text()).isEqualTo("The tenant pays");
            assertThat(answer.citations()).isEmpty();
            assertThat(engine.open).isEqualTo(1);
        }
    }

    @Test
    void refusesWhatItCannotDo() {
        ScriptedEngine small = new ScriptedEngine("", said -> 0.9, 1100);
        assertThatThrownBy(() -> open(small)).isInstanceOf(DoesNotFitException.class);
        assertThat(small.read).isEmpty();
        assertThat(small.open).isZero();

        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        ScriptedEngine engine = new ScriptedEngine("", said -> 0.9, 100_000);
        assertThatThrownBy(() -> ReadingSession.open(engine, List.of(lease), List.of(), event -> {}, cancelled))
                .isInstanceOf(CancellationException.class);
        assertThat(engine.open).isZero();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReadingSession.open(engine, List.of(), List.of(), event -> {}, new Cancellation()));
        try (ReadingSession session = open(engine)) {
            assertThatIllegalArgumentException().isThrownBy(() -> session.ask(" ", event -> {}, new Cancellation()));
        }
    }
}
