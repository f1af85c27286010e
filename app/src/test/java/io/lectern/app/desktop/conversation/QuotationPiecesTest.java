package io.lectern.app.desktop.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.PassagePieces.Kind;
import io.lectern.app.analysis.PassagePieces.Piece;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotationPiecesTest {
    private static final String TEXT = "Before. The cap is USD 1 USD 2 in any exe-\ncuted   year. After.";

    @Test
    void tellsDeletedWordsFromLiveOnesAndJoinsBrokenWords() {
        int deleted = TEXT.indexOf("USD 1 ");
        int hyphen = TEXT.indexOf("-\n");
        List<TypedSpan> typed = List.of(
                new TypedSpan(new Span(deleted, deleted + 6), TypedSpan.Type.DELETED_REVISION, ""),
                new TypedSpan(new Span(hyphen, hyphen + 2), TypedSpan.Type.LINE_END_HYPHEN, ""));
        assertThat(QuotationPieces.of(passage(), typed, 1_000))
                .containsExactly(
                        new Piece("The cap is ", Kind.LIVE),
                        new Piece("USD 1 ", Kind.DELETED),
                        new Piece("USD 2 in any executed year.", Kind.LIVE));
    }

    @Test
    void cutsBetweenWordsAndSaysSo() {
        assertThat(QuotationPieces.of(passage(), List.of(), 12)).containsExactly(new Piece("The cap is …", Kind.LIVE));
        assertThat(QuotationPieces.isWhole(passage(), 12)).isFalse();
        assertThat(QuotationPieces.isWhole(passage(), 1_000)).isTrue();
    }

    private static Passage passage() {
        Span span = new Span(TEXT.indexOf("The cap"), TEXT.indexOf(" After."));
        return new Passage(
                new DocumentId("0".repeat(64)),
                "a",
                span,
                span.of(TEXT),
                LineLayout.of(TEXT).locate(span));
    }
}
