package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.TypedSpan;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuoteVerifierTest {
    private static final String LEASE = """
            LEASE AGREEMENT

            1. Rent. The Lessee shall pay to Northgate Estates, Inc. a rent of $1,250.50 for each calendar month,
            not later than the third business day, without deduction or set-off of any kind whatsoever.

            2. Termination. Either party may terminate this Agreement upon thirty (30) days' written notice, except
            during the initial non-
            cancellable period; the Lessor’s consent is “not required” for that. The area is 10² square metres.

            3. Confidentiality. NEITHER PARTY SHALL DISCLOSE THE TERMS HEREOF TO ANY THIRD PARTY WITHOUT CONSENT.
            """;

    private final NamedDocument lease = Documents.text("lease.txt", LEASE);
    private final QuoteVerifier verifier = QuoteVerifier.over(List.of(lease));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The Lessee shall pay to Northgate Estates, Inc. a rent of $1,250.50 for each calendar month, not later",
                "  Either party may terminate this Agreement\nupon thirty (30) days’ written notice,  ",
                "the Lessor's consent is \"not required\" for that",
                "during the initial non-cancellable period",
                "during the initial noncancellable period",
                "10² square metres",
                "Either party may terminate this Agreement … during the initial non-cancellable period",
                "The Lessee shall pay [...] a rent of $1,250.50 [...] without deduction",
            })
    void wordsThatStandThereAreVerified(String quotation) {
        QuoteVerifier.Result result = verifier.verify(quotation);
        assertThat(result.verbatim()).isEqualTo(Verbatim.VERIFIED);
        assertThat(result.passage().text())
                .isEqualTo(result.passage().span().of(LEASE))
                .isEqualTo(result.passage().text().strip());
        String shown = Normaliser.normalise(result.passage().text());
        String first = Normaliser.normalise(quotation).split(" ")[0];
        assertThat(shown).startsWith(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Either party may terminate the Agreement upon thirty (30) days' written notice, except during",
                "either party may terminate this agreement upon thirty (30) days written notice",
                "Neither party shall disclose the terms hereof to any third party without consent",
                "not later than the third business day, without deductions or set-off of any kind whatsoever",
                "not later than third business day, without deduction or set-off of any kind whatsoever",
            })
    void nearWordsAreReplacedByTheSourcesOwn(String quotation) {
        QuoteVerifier.Result result = verifier.verify(quotation);
        assertThat(result.verbatim()).isEqualTo(Verbatim.REPAIRED);
        assertThat(result.similarity()).isBetween(0.9, 1.0);
        assertThat(result.passage().text()).isEqualTo(result.passage().span().of(LEASE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // amounts, digits, number words
                "The Lessee shall pay to Northgate Estates, Inc. a rent of $1,250.00 for each calendar month",
                "The Lessee shall pay to Northgate Estates, Inc. a rent of $1,250.5",
                "rent of $1,250",
                "Either party may terminate this Agreement upon thirty (60) days' written notice, except",
                "Either party may terminate this Agreement upon sixty (30) days' written notice, except",
                "not later than the fourth business day, without deduction or set-off of any kind whatsoever",
                "The area is 102 square metres",
                "The area is 10 square metres",
                // negations and modals
                "Either party may not terminate this Agreement upon thirty (30) days' written notice, except",
                "later than the third business day, with deduction or set-off of any kind whatsoever",
                "Either party shall terminate this Agreement upon thirty (30) days' written notice, except",
                "EITHER PARTY SHALL DISCLOSE THE TERMS HEREOF TO ANY THIRD PARTY WITHOUT CONSENT",
                "cancellable period; the Lessor's consent is \"not required\" for that",
                // parties
                "The Lessor shall pay to Northgate Estates, Inc. a rent of $1,250.50 for each calendar month",
                "The Lessee shall pay to Southgate Estates, Inc. a rent of $1,250.50 for each calendar month",
                // other words
                "Either party may extend this Agreement upon thirty (30) days' written notice, except",
                "ither party may terminate this Agreement",
                "Either party may terminate this Agreemen",
                "something else altogether that nobody ever wrote",
                // parts in the wrong order
                "during the initial non-cancellable period … Either party may terminate this Agreement",
                "…",
                "",
            })
    void whatSaysSomethingElseIsNotFound(String quotation) {
        QuoteVerifier.Result result = verifier.verify(quotation);
        assertThat(result.verbatim()).as(quotation).isEqualTo(Verbatim.NOT_FOUND);
        assertThat(result.passage()).isNull();
    }

    @Test
    void runningHeadersDoNotHideAndDeletedWordsDoNotCount() {
        String text =
                "ACME LEASE 1\nThe rent is due on\nACME LEASE 2\nthe first day of the month, in cash only or by cheque.";
        NamedDocument document = Documents.text(
                "a.txt",
                text,
                Documents.typed(text, "ACME LEASE 1", TypedSpan.Type.RUNNING_HEADER),
                Documents.typed(text, "ACME LEASE 2", TypedSpan.Type.RUNNING_HEADER),
                Documents.typed(text, "in cash only or ", TypedSpan.Type.DELETED_REVISION));
        QuoteVerifier headers = QuoteVerifier.over(List.of(document));
        QuoteVerifier.Result result = headers.verify("The rent is due on the first day of the month, by cheque.");
        assertThat(result.verbatim()).isEqualTo(Verbatim.VERIFIED);
        assertThat(result.passage().span().of(text)).startsWith("The rent").endsWith("by cheque.");
        assertThat(headers.verify("in cash only or by cheque").verbatim()).isEqualTo(Verbatim.NOT_FOUND);
    }

    @Test
    void looksOnlyWhereItIsTold() {
        NamedDocument other = Documents.text("other.txt", "The tenant may keep a small dog in the flat.");
        QuoteVerifier both = QuoteVerifier.over(List.of(lease, other));
        String words = "may keep a small dog";
        assertThat(both.verify(words).passage().documentName()).isEqualTo("other.txt");
        assertThat(both.verify(words, lease.document().id()).verbatim()).isEqualTo(Verbatim.NOT_FOUND);
        assertThat(both.verify(words, other.document().id()).verbatim()).isEqualTo(Verbatim.VERIFIED);
    }

    @Property(tries = 500)
    void everyStretchOfWholeWordsIsVerifiedWhereItStands(
            @ForAll @IntRange(min = 0, max = 60) int from, @ForAll @IntRange(min = 1, max = 30) int count) {
        String[] words = LEASE.strip().split("\\s+");
        int first = Math.min(from, words.length - 1);
        String quotation = String.join(" ", List.of(words).subList(first, Math.min(words.length, first + count)));
        // A broken word that is cut in two is no whole word.
        if (quotation.chars().anyMatch(Character::isLetterOrDigit)
                && !quotation.endsWith("non-")
                && !quotation.startsWith("cancellable")) {
            QuoteVerifier.Result result = verifier.verify(quotation);
            assertThat(result.verbatim()).as(quotation).isNotEqualTo(Verbatim.NOT_FOUND);
            assertThat(result.passage().text())
                    .isEqualTo(result.passage().span().of(LEASE));
        }
    }
}
