package io.lectern.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.PassagePieces.Kind;
import io.lectern.app.analysis.PassagePieces.Piece;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassagePiecesTest {
    private static final String TEXT = "The cap is USD 1 USD 2 in any secret exe-\ncuted year.";
    private static final List<TypedSpan> TYPED = List.of(
            typed("USD 1 ", Type.DELETED_REVISION),
            typed("USD 2 ", Type.INSERTED_REVISION),
            typed("secret ", Type.HIDDEN_TEXT),
            typed("-\n", Type.LINE_END_HYPHEN));

    @Test
    void whatIsNotLiveIsToldApart() {
        assertThat(PassagePieces.of(passage(TEXT), TYPED))
                .containsExactly(
                        new Piece("The cap is ", Kind.LIVE),
                        new Piece("USD 1 ", Kind.DELETED),
                        new Piece("USD 2 in any ", Kind.LIVE),
                        new Piece("secret ", Kind.HIDDEN),
                        new Piece("executed year.", Kind.LIVE));
    }

    @Test
    void plainTextSaysWhatIsNotLive() {
        assertThat(PassagePieces.plain(passage(TEXT), TYPED))
                .isEqualTo("The cap is [deleted: USD 1] USD 2 in any [hidden: secret] executed year.");
    }

    @Test
    void aPassageMayBeginAndEndWithinADeletion() {
        assertThat(PassagePieces.of(passage("D 1 USD"), TYPED))
                .containsExactly(new Piece("D 1 ", Kind.DELETED), new Piece("USD", Kind.LIVE));
        assertThat(PassagePieces.of(passage("USD 1"), TYPED)).containsExactly(new Piece("USD 1", Kind.DELETED));
    }

    private static TypedSpan typed(String words, Type type) {
        return new TypedSpan(span(words), type, "");
    }

    private static Span span(String words) {
        int start = TEXT.indexOf(words);
        return new Span(start, start + words.length());
    }

    private static Passage passage(String words) {
        Span span = span(words);
        return new Passage(
                new DocumentId("0".repeat(64)),
                "a",
                span,
                words,
                LineLayout.of(TEXT).locate(span));
    }
}
