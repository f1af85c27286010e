package io.lectern.ingest.extract.pdf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineBuilderTest {
    /** "שלום abc" as it is seen, from left to right. */
    private static final List<String> SEEN = List.of("a", "b", "c", " ", "ם", "ו", "ל", "ש");

    @Test
    void rightToLeftTextIsLogicalInWhicheverOrderItWasDrawn() {
        List<Glyph> leftToRight = glyphs(SEEN);
        List<Glyph> asRead = new ArrayList<>(leftToRight.subList(3, 8).reversed());
        asRead.addAll(leftToRight.subList(0, 3));

        for (List<Glyph> drawn : List.of(leftToRight, asRead)) {
            TextLine line = LineBuilder.lines(drawn).getFirst();
            assertThat(line.text()).isEqualTo("שלום abc");
            TextLine.Run hebrew = line.runs().getFirst();
            assertThat(hebrew.edges()[0]).isEqualTo(80);
            assertThat(hebrew.edges()[1]).isEqualTo(70);
        }
    }

    @Test
    void aGapBecomesASpaceAndABackJumpALine() {
        assertThat(LineBuilder.lines(List.of(glyph("to", 0), glyph("be", 15), glyph("or", 0))))
                .extracting(TextLine::text)
                .containsExactly("to be", "or");
    }

    @Test
    void theLettersOfALigatureAndTheHalvesOfASurrogatePairShareItsPlace() {
        TextLine line = LineBuilder.lines(List.of(glyph("fi", 0), glyph("\uD800\uDF30", 10)))
                .getFirst();

        assertThat(line.runs())
                .singleElement()
                .satisfies(run -> assertThat(run.edges()).containsExactly(0, 5, 10, 15, 20));
    }

    private static List<Glyph> glyphs(List<String> texts) {
        List<Glyph> glyphs = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            glyphs.add(glyph(texts.get(i), 10 * i));
        }
        return glyphs;
    }

    private static Glyph glyph(String text, float start) {
        return new Glyph(text, Direction.RIGHTWARDS, start, start + 10, 0, 12, 10, 12, 3, null);
    }
}
