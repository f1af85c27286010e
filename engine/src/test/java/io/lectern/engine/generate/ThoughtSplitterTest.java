package io.lectern.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.generate.ThinkingMarkers.Opening;
import io.lectern.engine.generate.ThoughtSplitter.Kind;
import io.lectern.engine.generate.ThoughtSplitter.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ThoughtSplitterTest {
    private static final ThinkingMarkers THINKS = new ThinkingMarkers("<think>", "</think>", true);
    private static final ThinkingMarkers MAY_THINK = new ThinkingMarkers("<think>", "</think>", false);

    /** What a text is told apart into. */
    private record Told(String thinking, String answer) {}

    private static Told tell(ThinkingMarkers markers, Opening opening, List<String> parts) {
        ThoughtSplitter splitter = new ThoughtSplitter(markers, opening);
        List<Piece> pieces = new ArrayList<>();
        parts.forEach(part -> pieces.addAll(splitter.add(part)));
        pieces.addAll(splitter.finish());
        int end = 0;
        for (Piece piece : pieces) {
            assertThat(piece.text()).isNotEmpty();
            assertThat(piece.end()).isGreaterThan(end);
            end = piece.end();
        }
        assertThat(end)
                .isLessThanOrEqualTo(parts.stream().mapToInt(String::length).sum());
        return new Told(text(pieces, Kind.THINKING), text(pieces, Kind.ANSWER));
    }

    private static Told tell(ThinkingMarkers markers, String text) {
        return tell(markers, Opening.NONE, List.of(text));
    }

    private static String text(List<Piece> pieces, Kind kind) {
        return pieces.stream()
                .filter(piece -> piece.kind() == kind)
                .map(Piece::text)
                .collect(Collectors.joining());
    }

    private static List<String> cut(String text, List<Integer> lengths) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        for (int i = 0; at < text.length(); i++) {
            int to = Math.min(text.length(), at + lengths.get(i % lengths.size()));
            parts.add(text.substring(at, to));
            at = to;
        }
        return parts;
    }

    @Example
    void thinkingStandsBeforeTheAnswer() {
        assertThat(tell(THINKS, "\n<think>\nIs it 5 < 6?\n\n</think>\n\nYes.\n"))
                .isEqualTo(new Told("Is it 5 < 6?", "Yes.\n"));
        assertThat(tell(THINKS, "<think></think>Yes.")).isEqualTo(new Told("", "Yes."));
        assertThat(tell(THINKS, Opening.THINKING, List.of("\nHm.\n</think>\nYes.")))
                .isEqualTo(new Told("Hm.", "Yes."));
        assertThat(tell(THINKS, Opening.THINKING, List.of("<think>\nHm.\n</think>\nYes.")))
                .isEqualTo(new Told("Hm.", "Yes."));
        assertThat(tell(THINKS, Opening.ANSWER, List.of("\nYes."))).isEqualTo(new Told("", "Yes."));
        assertThat(tell(THINKS, "<think>a</think>\n<think>b</think>\nYes.")).isEqualTo(new Told("ab", "Yes."));
        assertThat(tell(THINKS, "<think>\nThis was call")).isEqualTo(new Told("This was call", ""));
    }

    @Example
    void markersInAnAnswerAreLeftOutOfIt() {
        assertThat(tell(THINKS, "Yes.</think> Because <think>so</think>.")).isEqualTo(new Told("", "Yes. Because so."));
        assertThat(tell(THINKS, "<think>a</think></think>\nYes.")).isEqualTo(new Told("a", "Yes."));
        assertThat(tell(THINKS, "<thi</think>nk>")).isEqualTo(new Told("", "<thi nk>"));
    }

    @Example
    void whatOnlyLooksLikeAMarkerIsText() {
        assertThat(tell(THINKS, " <b>Yes</b> <thin> <")).isEqualTo(new Told("", " <b>Yes</b> <thin> <"));
        assertThat(tell(THINKS, "<think>a < b, </b>, </thin>")).isEqualTo(new Told("a < b, </b>, </thin>", ""));
    }

    @Example
    void aModelThatIsNotKnownToThinkIsOnlyTakenAtItsFirstWord() {
        assertThat(tell(MAY_THINK, "\n<think>a</think>")).isEqualTo(new Told("", "\n<think>a</think>"));
        assertThat(tell(MAY_THINK, "The tag <think> and </think>"))
                .isEqualTo(new Told("", "The tag <think> and </think>"));
        assertThat(tell(MAY_THINK, "<think>a</think>\nYes </think>.")).isEqualTo(new Told("a", "Yes ."));
        assertThat(tell(MAY_THINK, "<th")).isEqualTo(new Told("", "<th"));
    }

    @Example
    void afterTheThinkingIsClosedNoneBeginsAgain() {
        ThoughtSplitter splitter = new ThoughtSplitter(THINKS, Opening.THINKING);
        splitter.add("a");
        splitter.close();
        splitter.add("</think>\n<think>");
        assertThat(splitter.isThinking()).isFalse();
        assertThat(text(splitter.add("Yes."), Kind.ANSWER)).isEqualTo("Yes.");
        assertThat(splitter.ended()).isEqualTo(1);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("<think>", "</think>", "<", "</", "<th", "ink>", "think", ">", "\n", " ", "a", "b.")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 3000)
    void howeverTextIsCutItIsToldApartTheSameAndNoMarkerIsInTheAnswer(
            @ForAll("texts") String text,
            @ForAll Opening opening,
            @ForAll boolean expected,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 7) Integer> lengths) {
        ThinkingMarkers markers = expected ? THINKS : MAY_THINK;
        Told whole = tell(markers, opening, List.of(text));
        assertThat(tell(markers, opening, cut(text, lengths))).isEqualTo(whole);
        if (expected || opening != Opening.NONE || text.startsWith(markers.begin())) {
            assertThat(whole.answer()).doesNotContain(markers.begin(), markers.end());
        } else {
            assertThat(whole).isEqualTo(new Told("", text));
        }
        assertThat(whole.thinking()).doesNotContain(markers.end());
    }
}
