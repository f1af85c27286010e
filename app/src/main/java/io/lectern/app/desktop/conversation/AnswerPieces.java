package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Citation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The text of an answer with its citations at their places: each behind the sentence that it stands for. */
final class AnswerPieces {
    private AnswerPieces() {}

    /** A part of what is shown. */
    sealed interface Piece {}

    /** Words of the model. */
    record Words(String text) implements Piece {}

    /** The mark of a citation. */
    record Mark(Citation citation) implements Piece {}

    private record Place(int offset, Citation citation) {}

    /** Cuts an answer's text at the ends of the claims; a citation whose claim is not in the text comes last. */
    static List<Piece> of(String text, List<Citation> citations) {
        List<Place> places = citations.stream()
                .map(citation -> new Place(endOfClaim(text, citation.claim()), citation))
                .sorted(Comparator.comparingInt(Place::offset)
                        .thenComparing(place -> place.citation().number()))
                .toList();
        List<Piece> pieces = new ArrayList<>();
        int done = 0;
        for (Place place : places) {
            if (place.offset() > done) {
                pieces.add(new Words(text.substring(done, place.offset())));
                done = place.offset();
            }
            pieces.add(new Mark(place.citation()));
        }
        if (done < text.length()) {
            pieces.add(new Words(text.substring(done)));
        }
        return pieces;
    }

    private static int endOfClaim(String text, String claim) {
        int at = claim.isBlank() ? -1 : text.indexOf(claim.strip());
        return at < 0 ? text.stripTrailing().length() : at + claim.strip().length();
    }
}
