package io.lectern.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Answer.Outcome;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoScoreTest {
    private final Demo demo = new Demo(
            List.of("a.txt", "b.txt"),
            List.of(
                    new Demo.Question("q1", List.of(new Demo.Expected("a.txt", "the rent is due in May", ""))),
                    new Demo.Question("q2", List.of(new Demo.Expected("b.txt", "it ends in June 2010", ""))),
                    new Demo.Question("q3", List.of())));

    private static Answer answer(Outcome outcome, String document, String... passages) {
        List<Citation> citations = java.util.Arrays.stream(passages)
                .map(text -> new Passage(
                        new DocumentId("0".repeat(64)),
                        document,
                        new Span(0, text.length()),
                        text,
                        new Locator.Lines(1, 1, 1, text.length() + 1)))
                .map(passage -> new Citation(1, "", "", Verbatim.VERIFIED, Support.UNCHECKED, passage))
                .toList();
        return new Answer(
                "1",
                "?",
                outcome,
                "",
                citations,
                null,
                new Coverage(List.of(), 1),
                new Answer.Model("m", "", "", "here", true),
                Instant.EPOCH,
                1);
    }

    @Test
    void marksByTheBestShownPassage() {
        DemoScore score = DemoScore.of(
                demo,
                List.of(
                        answer(Outcome.ANSWERED, "a.txt", "something else", "The RENT is due, in May."),
                        answer(Outcome.ANSWERED, "a.txt", "it ends in June 2010"),
                        answer(Outcome.NOT_FOUND, "a.txt")));
        assertThat(score.marks()).extracting(DemoScore.Mark::right).containsExactly(true, false, true);
        assertThat(score.marks().getFirst().best()).isEqualTo(1);
        assertThat(score.answerableRight()).isEqualTo(1);
        assertThat(score.answerable()).isEqualTo(2);
        assertThat(score.absentRight()).isEqualTo(1);
        assertThat(score.absent()).isEqualTo(1);
    }

    @Test
    void halfTheWordsMakeItRightAndFewerDoNot() {
        DemoScore score = DemoScore.of(
                demo,
                List.of(
                        answer(Outcome.ANSWERED, "a.txt", "rent due May"),
                        answer(Outcome.ANSWERED, "b.txt", "June 2010"),
                        answer(Outcome.UNPROVED, "a.txt")));
        assertThat(score.marks()).extracting(DemoScore.Mark::right).containsExactly(true, false, false);
    }

    @Test
    void everyQuestionNeedsAnAnswer() {
        assertThatIllegalArgumentException().isThrownBy(() -> DemoScore.of(demo, List.of()));
    }
}
