package io.lectern.ingest.matter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.matter.Words.Word;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void foldsWhatAReaderWouldNotTellApart() {
        assertThat(folded("Größe GRÖSSE")).containsExactly("grosse", "grosse");
        assertThat(folded("o\ufb03ce co\u00adoperate")).containsExactly("office", "cooperate");
        assertThat(folded("cafe\u0301 café CAFÉ")).containsExactly("cafe", "cafe", "cafe");
    }

    @Test
    void keepsApartWhatMeansSomethingElse() {
        assertThat(folded("10² 102 ½ 12")).containsExactly("10²", "102", "½", "12");
        assertThat(folded("12.2(b) max_tokens")).containsExactly("12", "2", "b", "max", "tokens");
    }

    @Test
    void scriptsWithoutSpacesGiveAWordACharacter() {
        assertThat(folded("租赁2024年合同abc")).containsExactly("租", "赁", "2024", "年", "合", "同", "abc");
        assertThat(folded("契約の\u3099条")).hasSize(4);
    }

    @Test
    void aWordBrokenAtALinesEndIsOneWord() {
        String text = "the agree-\nment ends";
        Span hyphen = new Span(9, 11);
        Document document = new Document(
                new DocumentId("0".repeat(64)),
                DocumentFormat.TEXT,
                text,
                List.of(),
                LineLayout.of(text),
                List.of(new TypedSpan(hyphen, TypedSpan.Type.LINE_END_HYPHEN, "")),
                List.of());

        assertThat(Words.of(document))
                .containsExactly(
                        new Word("the", new Span(0, 3)),
                        new Word("agreement", new Span(4, 15)),
                        new Word("ends", new Span(16, 20)));
    }

    /** The index's own tokenizer must cut exactly at our spaces: no ASCII in a word but letters and digits. */
    @Property
    void wordsAreWhatTheIndexTakesThemFor(@ForAll("texts") String text) {
        int end = 0;
        for (Word word : Words.of(text)) {
            assertThat(word.span().start()).isGreaterThanOrEqualTo(end);
            end = word.span().end();
            assertThat(end).isLessThanOrEqualTo(text.length());
            assertThat(word.folded()).matches("[a-z0-9\\x{80}-\\x{10ffff}]+").doesNotContainPattern("[\ud800-\udfff]");
        }
    }

    /** Nothing that can be typed is an error, and a whole text taken as a phrase is found in itself. */
    @Property(tries = 200)
    void aTextIsFoundInItself(@ForAll("texts") String text) {
        SearchQuery query = SearchQuery.of('"' + text.replaceAll("[\"“”„«»]", " ") + '"');
        if (!query.isEmpty()) {
            assertThat(query.phrases()).hasSize(1);
            assertThat(query.find(Words.of(text), 10)).isNotEmpty();
        }
        assertThat(SearchQuery.of(text).expression()).isNotNull();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(60),
                Arbitraries.strings().ascii().ofMaxLength(60),
                Arbitraries.strings()
                        .withChars("aÉß租の ไ\u0301\u00ad\ud800\"*()-:^+ANDORNOT")
                        .ofMaxLength(40));
    }

    private static List<String> folded(String text) {
        return Words.of(text).stream().map(Word::folded).toList();
    }
}
