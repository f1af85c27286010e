package io.lectern.ingest.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineEndHyphensTest {

    private static List<String> found(String text) {
        return LineEndHyphens.in(text).stream()
                .map(hyphen -> hyphen.span().of(text))
                .toList();
    }

    @Test
    void aWordThatStandsWholeElsewhereIsJoined() {
        assertThat(found("the consideration and the consi-\nderation")).containsExactly("-\n");
        assertThat(found("Considerations. The consi-\r\n   deration")).containsExactly("-\r\n   ");
    }

    @Test
    void aCompoundKeepsItsHyphen() {
        assertThat(found("a non-compete clause; the non-\ncompete; noncompete")).isEmpty();
    }

    @Test
    void whereTheDocumentDoesNotTellTheHyphenStays() {
        assertThat(found("a non-\nexclusive licence")).isEmpty();
    }

    @Test
    void aSoftHyphenAtALineEndOnlyBreaks() {
        assertThat(found("Ver\u00AD\ntrag")).containsExactly("\u00AD\n");
    }

    @Test
    void capitalsAndDigitsAreNotJoined() {
        assertThat(found("Anglo-\nSaxon Anglosaxon 2019-\n2020 a-\n- b")).isEmpty();
    }
}
