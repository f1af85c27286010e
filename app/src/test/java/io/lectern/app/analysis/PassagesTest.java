package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PassagesTest {

    private static List<String> passages(String text) {
        Source source = new Source(Documents.text("a.txt", text));
        return Passages.of(source).stream()
                .map(candidate -> candidate.span().of(source.view().text()))
                .toList();
    }

    @Test
    void keepsClauseNumbersWithTheirSentences() {
        assertThat(passages("""
                                12.2(b) The Company may assign it. No consent is needed.
                                (c) Otherwise it may not.
                                13. GOVERNING LAW. This Agreement is governed by the laws of Colorado.
                                """))
                .containsExactly(
                        "12.2(b) The Company may assign it.",
                        "No consent is needed.",
                        "(c) Otherwise it may not.",
                        "13. GOVERNING LAW.",
                        "This Agreement is governed by the laws of Colorado.");
    }

    @Test
    void abbreviationsEndNoSentence() {
        assertThat(
                        passages(
                                "Sport-Haley, Inc. of Denver, Colo., and Mr. J. Smith agree. See No. 5 of Art. 3, i.e. the list, cf. Smith v. Jones."))
                .containsExactly(
                        "Sport-Haley, Inc. of Denver, Colo., and Mr. J. Smith agree.",
                        "See No. 5 of Art. 3, i.e. the list, cf. Smith v. Jones.");
    }

    @Test
    void linesBrokenByHandAreOneSentence() {
        assertThat(
                        passages(
                                "The term of this Agreement shall\nextend until the first day of May,\nunless extended.\n\nNext."))
                .containsExactly(
                        "The term of this Agreement shall\nextend until the first day of May,\nunless extended.",
                        "Next.");
    }

    @Test
    void headingsStandAlone() {
        assertThat(passages("CONFIDENTIALITY\nThe parties keep it secret.\n\nTerm and Renewal\nIt ends in May."))
                .containsExactly(
                        "CONFIDENTIALITY", "The parties keep it secret.", "Term and Renewal", "It ends in May.");
        Source source = new Source(Documents.text("a.txt", "CONFIDENTIALITY\nThe parties keep it secret."));
        assertThat(Passages.of(source).get(1).heading()).isEqualTo("CONFIDENTIALITY");
    }

    @Test
    void longListsAreCutAtSemicolons() {
        String item = "the receiving party discloses it to a person who is bound by an agreement like this one; ";
        List<String> cut = passages("The obligation ends where " + item.repeat(9) + "and where it is public.");
        assertThat(cut).hasSizeGreaterThan(5);
        assertThat(String.join(" ", cut))
                .isEqualTo("The obligation ends where " + item.repeat(9) + "and where it is public.");
    }

    @Test
    void nothingOfTheTextIsLost() {
        String text = "A b c. (i) D e; f\n\n• g h\n1.1 I. J!? “K l.” M";
        assertThat(String.join("", passages(text)).replaceAll("\\s", ""))
                .contains("Abc.", "(i)De;f", "gh", "1.1I.", "M");
    }
}
