package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.Span;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormaliserTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "ofﬁce ﬂow eﬀect aﬃliate baﬄe, office flow effect affiliate baffle",
                "“Term” ‘party’s’ ``x'' \"y\", ''Term'' 'party's' ''x'' ''y''",
                "1–2 a—b −5 non‑compete, 1-2 a-b -5 non-compete",
                "a\u00a0b\u2009c\u200bd\u00ade\ufefff, a b cdef",
                "e\u0301te\u0301, été",
                "and so on…, and so on...",
            })
    void foldsLooks(String written, String normal) {
        assertThat(Normaliser.normalise(written)).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({"10²", "½", "①", "x₂", "™", "10 ㎡", "Ⅳ", "ſ", "The SHALL shall", "a.b,c;d"})
    void keepsWhatCarriesMeaning(String text) {
        assertThat(Normaliser.normalise(text)).isEqualTo(text);
    }

    @Test
    void whiteSpaceBecomesOneSpace() {
        assertThat(Normaliser.normalise("  a \t\r\n\n b\fc  ")).isEqualTo("a b c");
    }

    @Test
    void hyphensAtLineEndsAreJoinedOrKept() {
        String text = "the agree-\n   ment is non- exclusive; pages 1-\n2, Sub-\nSection; a - b";
        assertThat(Normaliser.map(text, Normaliser.LineEndHyphen.JOIN).text())
                .isEqualTo("the agreement is nonexclusive; pages 1- 2, Sub- Section; a - b");
        assertThat(Normaliser.map(text, Normaliser.LineEndHyphen.KEEP).text())
                .isEqualTo("the agree-ment is non-exclusive; pages 1- 2, Sub- Section; a - b");
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> characters = Arbitraries.of(
                'a', 'E', '1', '.', '-', '-', '\n', '\r', ' ', ' ', '\t', '\'', '`', '"', '“', '’', '—', 'ﬁ', '²', '½',
                '①', '\u0301', '\u0323', '\u00a0', '\u200b', '\u00ad', 'é', '…', '\u1100', '\u1161', '\ud83d',
                '\ude00');
        return characters.list().ofMaxSize(40).map(list -> {
            StringBuilder text = new StringBuilder();
            list.forEach(text::append);
            return text.toString();
        });
    }

    @Property(tries = 2000)
    void normalTextsStayAsTheyAre(@ForAll("texts") String text) {
        // Twice, since joining two halves of a broken word can bring a letter and its accent together.
        String normal = Normaliser.normalise(Normaliser.normalise(text));
        assertThat(Normaliser.normalise(normal)).isEqualTo(normal);
    }

    @Property(tries = 2000)
    void everyPartLeadsBackToASourceWithTheSameNormalForm(@ForAll("texts") String text) {
        MappedText map = Normaliser.map(text, Normaliser.LineEndHyphen.JOIN);
        for (int i = 0; i < map.length(); i++) {
            Span source = map.toSource(new Span(i, i + 1));
            assertThat(source.isEmpty()).isFalse();
            assertThat(source.end()).isLessThanOrEqualTo(text.length());
        }
        if (map.length() > 0) {
            Span source = map.toSource(new Span(0, map.length()));
            assertThat(Normaliser.map(source.of(text), Normaliser.LineEndHyphen.JOIN)
                            .text())
                    .isEqualTo(map.text());
        }
    }
}
