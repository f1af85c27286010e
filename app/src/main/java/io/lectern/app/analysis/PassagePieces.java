package io.lectern.app.analysis;

import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The words of a passage as they may be shown: {@link Passage#text()} is everything between two offsets, with what a tracked
 * change took out and what the document hides. Neither may ever look like live text, so whoever shows a passage shows these
 * pieces, or {@link #plain} where there is only text.
 */
public final class PassagePieces {
    private PassagePieces() {}

    /** What a stretch of a passage is. */
    public enum Kind {
        LIVE,
        DELETED,
        HIDDEN
    }

    /** A stretch of a passage, its white space as in the document. */
    public record Piece(String text, Kind kind) {}

    /**
     * Cuts a passage. Hyphens that only break a word at a line's end are gone; everything else is there, in order.
     *
     * @param typed the spans of its document that are not ordinary text
     */
    public static List<Piece> of(Passage passage, List<TypedSpan> typed) {
        List<TypedSpan> inside = typed.stream()
                .filter(span -> matters(span) && span.span().overlaps(passage.span()))
                .toList();
        List<Piece> pieces = new ArrayList<>();
        int offset = passage.span().start();
        for (int from = offset; from < passage.span().end(); ) {
            TypedSpan covering = covering(inside, from);
            int to = covering == null
                    ? nextStart(inside, from, passage.span().end())
                    : Math.min(covering.span().end(), passage.span().end());
            if (covering == null || covering.type() != TypedSpan.Type.LINE_END_HYPHEN) {
                add(pieces, passage.text().substring(from - offset, to - offset), kind(covering));
            }
            from = to;
        }
        return pieces;
    }

    /** The passage on one line, with words that say what is not live: "the cap is [deleted: 1] 2". */
    public static String plain(Passage passage, List<TypedSpan> typed) {
        return of(passage, typed).stream()
                .map(PassagePieces::labelled)
                .collect(Collectors.joining())
                .strip()
                .replaceAll("\\s+", " ");
    }

    /** The words of a piece; in brackets that say so if they are not live. White space around the words stays outside. */
    public static String labelled(Piece piece) {
        String label = switch (piece.kind()) {
            case LIVE -> "";
            case DELETED -> "deleted: ";
            case HIDDEN -> "hidden: ";
        };
        String words = piece.text().strip();
        if (label.isEmpty() || words.isEmpty()) {
            return piece.text();
        }
        int start = piece.text().indexOf(words);
        return piece.text().substring(0, start) + "[" + label + words + "]"
                + piece.text().substring(start + words.length());
    }

    private static void add(List<Piece> pieces, String text, Kind kind) {
        if (!pieces.isEmpty() && pieces.getLast().kind() == kind) {
            pieces.set(pieces.size() - 1, new Piece(pieces.getLast().text() + text, kind));
        } else {
            pieces.add(new Piece(text, kind));
        }
    }

    private static TypedSpan covering(List<TypedSpan> typed, int offset) {
        return typed.stream()
                .filter(span ->
                        span.span().start() <= offset && offset < span.span().end())
                .findFirst()
                .orElse(null);
    }

    private static int nextStart(List<TypedSpan> typed, int from, int end) {
        return typed.stream()
                .mapToInt(span -> span.span().start())
                .filter(next -> next > from && next < end)
                .min()
                .orElse(end);
    }

    private static boolean matters(TypedSpan span) {
        return switch (span.type()) {
            case DELETED_REVISION, HIDDEN_TEXT, LINE_END_HYPHEN -> true;
            case RUNNING_HEADER, RUNNING_FOOTER, INSERTED_REVISION, COMMENT, FOOTNOTE, HEADING -> false;
        };
    }

    private static Kind kind(TypedSpan covering) {
        if (covering == null) {
            return Kind.LIVE;
        }
        return covering.type() == TypedSpan.Type.HIDDEN_TEXT ? Kind.HIDDEN : Kind.DELETED;
    }
}
