package io.lectern.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CodePointOffsetsTest {

    @Property
    void agreesWithTheJdk(@ForAll String text) {
        CodePointOffsets offsets = new CodePointOffsets(text);
        int codePoints = text.codePointCount(0, text.length());
        for (int i = 0; i <= codePoints; i++) {
            int units = text.offsetByCodePoints(0, i);
            assertThat(offsets.toCodePoints(units)).isEqualTo(i);
        }
    }

    @Property
    void agreesWithTheJdkOnPairs(@ForAll int[] codePoints) {
        StringBuilder text = new StringBuilder();
        for (int c : codePoints) {
            text.appendCodePoint(Math.floorMod(c, Character.MAX_CODE_POINT + 1));
        }
        agreesWithTheJdk(text.toString());
    }
}
