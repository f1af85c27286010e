package io.lectern.ingest.extract.pdf;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Span;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineEndHyphensTest {

    @Test
    void aBrokenWordThatStandsElsewhereIsJoined() {
        assertThat(find("the agree-\nment, this agreement")).containsExactly(new Span(9, 11));
    }

    @Test
    void aCompoundThatStandsElsewhereKeepsItsHyphen() {
        assertThat(find("a non-\nexclusive, nonexclusive or non-exclusive right"))
                .isEmpty();
    }

    @Test
    void whatTheDocumentDoesNotTellStays() {
        assertThat(find("a cross-\nlicence")).isEmpty();
        assertThat(find("the Franco-\nGerman firm")).isEmpty();
        assertThat(find("pages 10-\n12")).isEmpty();
    }

    @Test
    void aSoftHyphenOnlyBreaks() {
        assertThat(find("con\u00AD\ntract")).containsExactly(new Span(3, 5));
        assertThat(find("con\u2010\ntract, contracts")).containsExactly(new Span(3, 5));
    }

    private static List<Span> find(String text) {
        List<Integer> lineEnds = IntStream.range(0, text.length())
                .filter(i -> text.charAt(i) == '\n')
                .boxed()
                .toList();
        return LineEndHyphens.find(text, lineEnds);
    }
}
