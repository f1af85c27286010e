package io.lectern.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MappedTextTest {

    /** One step over the source: its next {@code length} characters are copied, left out or replaced. */
    record Step(int length, String replacement) {
        boolean isCopy() {
            return replacement == null;
        }
    }

    record Made(String source, List<Step> steps, MappedText map) {}

    @Provide
    Arbitrary<Made> maps() {
        Arbitrary<String> words =
                Arbitraries.strings().withChars("XYZ").ofMinLength(0).ofMaxLength(3);
        Arbitrary<Step> step = Combinators.combine(Arbitraries.integers().between(0, 6), words.injectNull(0.6))
                .as(Step::new);
        return step.list().ofMaxSize(30).map(MappedTextTest::make);
    }

    private static Made make(List<Step> steps) {
        int total = steps.stream().mapToInt(Step::length).sum();
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < total; i++) {
            source.append((char) ('a' + i % 26));
        }
        MappedText.Builder builder = new MappedText.Builder();
        int at = 0;
        for (Step step : steps) {
            Span span = new Span(at, at + step.length());
            if (step.isCopy()) {
                builder.copy(source, span);
            } else {
                builder.replace(span, step.replacement());
            }
            at = span.end();
        }
        return new Made(source.toString(), steps, builder.build());
    }

    /** Says of each character of the text where it came from, by going over the steps one by one. */
    private static List<Span> origins(Made made) {
        List<Span> origins = new ArrayList<>();
        int at = 0;
        for (Step step : made.steps()) {
            int length = step.isCopy() ? step.length() : step.replacement().length();
            for (int i = 0; i < length; i++) {
                origins.add(step.isCopy() ? new Span(at + i, at + i + 1) : new Span(at, at + step.length()));
            }
            at += step.length();
        }
        return origins;
    }

    @Property
    void everySpanLeadsToTheSmallestSpanOfTheSourceThatItCameFrom(@ForAll("maps") Made made) {
        List<Span> origins = origins(made);
        assertThat(made.map().length()).isEqualTo(origins.size());
        for (int start = 0; start < origins.size(); start++) {
            Span expected = origins.get(start);
            for (int end = start + 1; end <= origins.size(); end++) {
                expected = expected.union(origins.get(end - 1));
                assertThat(made.map().toSource(new Span(start, end))).isEqualTo(expected);
            }
        }
    }

    @Property
    void copiedCharactersAreThoseOfTheSource(@ForAll("maps") Made made) {
        for (int i = 0; i < made.map().length(); i++) {
            char c = made.map().text().charAt(i);
            if (c >= 'a') {
                assertThat(made.map().toSource(new Span(i, i + 1)).of(made.source()))
                        .isEqualTo(String.valueOf(c));
            }
        }
    }

    @Property
    void everySpanOfTheSourceLeadsToWhatCameFromIt(@ForAll("maps") Made made) {
        List<Span> origins = origins(made);
        for (int start = 0; start < made.source().length(); start++) {
            for (int end = start + 1; end <= made.source().length(); end++) {
                Span source = new Span(start, end);
                Span there = made.map().fromSource(source);
                int first = -1;
                int last = -1;
                for (int i = 0; i < origins.size(); i++) {
                    if (origins.get(i).overlaps(source)) {
                        first = first < 0 ? i : first;
                        last = i;
                    }
                }
                if (first < 0) {
                    assertThat(there.isEmpty()).isTrue();
                } else {
                    assertThat(there).isEqualTo(new Span(first, last + 1));
                }
            }
        }
    }

    @Test
    void theWholeTextIsTheWholeDocument() {
        MappedText map = new MappedText.Builder()
                .copy("one two", new Span(0, 3))
                .replace(new Span(3, 4), "")
                .copy("one two", new Span(4, 7))
                .build();
        assertThat(map.text()).isEqualTo("onetwo");
        assertThat(map.toSource(new Span(0, 6))).isEqualTo(new Span(0, 7));
        assertThat(map.fromSource(new Span(0, 7))).isEqualTo(new Span(0, 6));
    }

    @Test
    void whatWasLeftOutHasAnEmptyPlaceWhereItWouldStand() {
        MappedText map = new MappedText.Builder()
                .copy("abcdef", new Span(0, 2))
                .copy("abcdef", new Span(4, 6))
                .build();
        assertThat(map.fromSource(new Span(2, 4))).isEqualTo(new Span(2, 2));
        assertThat(map.fromSource(new Span(1, 5))).isEqualTo(new Span(1, 3));
    }

    @Test
    void aSpanOutsideTheTextIsRefused() {
        MappedText map = new MappedText.Builder().copy("abc", new Span(0, 3)).build();
        assertThatThrownBy(() -> map.toSource(new Span(1, 1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> map.toSource(new Span(1, 4))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTextOfFourMillionCharactersIsMappedLineByLine() {
        String source = "a line of thirty characters--\n".repeat(140_000);
        MappedText.Builder builder = new MappedText.Builder();
        for (int at = 0; at < source.length(); at += 30) {
            builder.copy(source, new Span(at, at + 27)).replace(new Span(at + 27, at + 29), "");
            builder.copy(source, new Span(at + 29, at + 30));
        }
        MappedText map = builder.build();
        for (int i = 0; i < map.length(); i += 7) {
            Span origin = map.toSource(new Span(i, i + 1));
            assertThat(origin.start() + origin.end()).isEqualTo(2 * (i / 28 * 30 + (i % 28 < 27 ? i % 28 : 29)) + 1);
            assertThat(map.fromSource(origin)).isEqualTo(new Span(i, i + 1));
        }
    }
}
