package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.PassagePieces;
import io.lectern.app.analysis.PassagePieces.Piece;
import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.List;

/** The pieces of a passage as a card shows them: white space is one space, and what is too long is cut. */
final class QuotationPieces {
    private QuotationPieces() {}

    /**
     * Cuts a passage.
     *
     * @param typed the spans of its document that are not ordinary text
     * @param most characters to show; what is longer ends with an ellipsis after a whole word
     */
    static List<Piece> of(Passage passage, List<TypedSpan> typed, int most) {
        List<Piece> pieces = new ArrayList<>();
        int length = 0;
        for (Piece piece : PassagePieces.of(passage, typed)) {
            if (length >= most) {
                break;
            }
            String words = piece.text().replaceAll("\\s+", " ");
            boolean begins = pieces.isEmpty() || pieces.getLast().text().endsWith(" ");
            words = cut(begins ? words.stripLeading() : words, most - length);
            if (!words.isEmpty()) {
                pieces.add(new Piece(words, piece.kind()));
                length += words.length();
            }
        }
        return pieces;
    }

    /** Whether all of a passage is shown with so many characters. */
    static boolean isWhole(Passage passage, int most) {
        return passage.text().strip().replaceAll("\\s+", " ").length() <= most;
    }

    private static String cut(String words, int most) {
        if (words.length() <= most) {
            return words;
        }
        int space = words.lastIndexOf(' ', most);
        return words.substring(0, space > 0 ? space : most) + " …";
    }
}
