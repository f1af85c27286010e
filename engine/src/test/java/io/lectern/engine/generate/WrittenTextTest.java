package io.lectern.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WrittenTextTest {

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.integers()
                .between(1, 0x10FFFF)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .edgeCases(edges -> edges.add(0x1F469, 0x200D, 0x2696, 0xFE0F, 0x65, 0x301))
                .list()
                .ofMaxSize(30)
                .map(points -> points.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    @Property(tries = 300)
    void bytesCutAnywhereBecomeTheSameTextInWholeCharacters(
            @ForAll("texts") String text,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 5) Integer> cuts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        CharacterAssembler assembler = new CharacterAssembler();
        StringBuilder written = new StringBuilder();
        int at = 0;
        for (int i = 0; at < bytes.length; i++) {
            int to = Math.min(bytes.length, at + cuts.get(i % cuts.size()));
            String part = assembler.add(java.util.Arrays.copyOfRange(bytes, at, to));
            assertThat(part.isEmpty() || !Character.isLowSurrogate(part.charAt(0)))
                    .isTrue();
            assertThat(part.isEmpty() || !Character.isHighSurrogate(part.charAt(part.length() - 1)))
                    .isTrue();
            written.append(part);
            at = to;
        }
        written.append(assembler.finish());
        assertThat(written.toString()).isEqualTo(text);
    }

    @Example
    void brokenBytesAreMarkedAndDoNotHoldUpWhatFollows() {
        CharacterAssembler assembler = new CharacterAssembler();
        assertThat(assembler.add(new byte[] {'a', (byte) 0xF0, (byte) 0x9F})).isEqualTo("a");
        assertThat(assembler.add(new byte[] {'b'})).isEqualTo("\uFFFDb");
        assertThat(assembler.add(new byte[] {(byte) 0xC3})).isEmpty();
        assertThat(assembler.finish()).isEqualTo("\uFFFD");
    }

    @Provide
    Arbitrary<String> letters() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(30);
    }

    @Property(tries = 1000)
    void stopStringsAreNeverPartlyShownAndNothingElseIsLost(
            @ForAll("letters") String text,
            @ForAll @Size(max = 3) List<@net.jqwik.api.From("letters") String> stops,
            @ForAll @IntRange(min = 1, max = 4) int cut) {
        StopStrings filter = new StopStrings(stops);
        StringBuilder shown = new StringBuilder();
        int at = 0;
        while (at < text.length() && !filter.stopped()) {
            int to = Math.min(text.length(), at + cut);
            shown.append(filter.add(text.substring(at, to)));
            assertThat(text).startsWith(shown.toString());
            at = to;
        }
        boolean stopped = filter.stopped();
        shown.append(filter.finish());

        // What would be seen if the stop strings were looked for after every piece of the text.
        int seen = at;
        int expected = stops.stream()
                .filter(stop -> !stop.isEmpty())
                .mapToInt(stop -> text.substring(0, seen).indexOf(stop))
                .filter(i -> i >= 0)
                .min()
                .orElse(-1);
        assertThat(stopped).isEqualTo(expected >= 0);
        assertThat(shown.toString()).isEqualTo(expected >= 0 ? text.substring(0, expected) : text);
    }
}
