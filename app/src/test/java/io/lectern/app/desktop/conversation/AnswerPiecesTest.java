package io.lectern.app.desktop.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AnswerPiecesTest {

    @Test
    void putsEachCitationBehindItsClaim() {
        assertThat(read(
                        "The cap is a year's fees. Fraud is carved out.",
                        "Fraud is carved out.",
                        "The cap is a year's fees."))
                .isEqualTo("The cap is a year's fees.[2] Fraud is carved out.[1]");
    }

    @Test
    void putsWhatBelongsToNoSentenceAtTheEnd() {
        assertThat(read("The cap is a year's fees.\n", "", "Words of another answer."))
                .isEqualTo("The cap is a year's fees.[1][2]\n");
    }

    @Test
    void marksAnAnswerWithoutWords() {
        assertThat(read("", "")).isEqualTo("[1]");
    }

    /** Whatever the claims are, no word is lost, doubled or moved, and every citation is shown once. */
    @Property
    void losesNothing(
            @ForAll String text, @ForAll @IntRange(min = 0, max = 50) int from, @ForAll @IntRange(max = 50) int to) {
        int start = Math.min(from, text.length());
        int end = Math.clamp(to, start, text.length());
        List<AnswerPieces.Piece> pieces =
                AnswerPieces.of(text, List.of(citation(1, text.substring(start, end)), citation(2, "elsewhere")));
        assertThat(pieces.stream()
                        .filter(AnswerPieces.Words.class::isInstance)
                        .map(piece -> ((AnswerPieces.Words) piece).text())
                        .collect(Collectors.joining()))
                .isEqualTo(text);
        assertThat(pieces.stream().filter(AnswerPieces.Mark.class::isInstance)).hasSize(2);
    }

    private static String read(String text, String... claims) {
        List<Citation> citations = new java.util.ArrayList<>();
        for (String claim : claims) {
            citations.add(citation(citations.size() + 1, claim));
        }
        return AnswerPieces.of(text, citations).stream()
                .map(piece -> switch (piece) {
                    case AnswerPieces.Words words -> words.text();
                    case AnswerPieces.Mark mark -> "[" + mark.citation().number() + "]";
                })
                .collect(Collectors.joining());
    }

    private static Citation citation(int number, String claim) {
        return new Citation(number, claim, "", Verbatim.NOT_FOUND, Support.UNCHECKED, null);
    }
}
