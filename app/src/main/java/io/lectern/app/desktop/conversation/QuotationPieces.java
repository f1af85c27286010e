package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Passage;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a passage as a card shows them: what a tracked change took out and what the document hides is told apart
 * from live text, hyphens that only break a line are gone, and white space is one space.
 */
final class QuotationPieces {
    private QuotationPieces() {}

    /** What a stretch of a passage is. */
    enum Kind {
        LIVE,
        DELETED,
        HIDDEN
    }

    /** A stretch of a passage. */
    record Piece(String text, Kind kind) {}

    /**
     * Cuts a passage.
     *
     * @param typed the spans of its document that are not ordinary text
     * @param most characters to show; what is longer ends with an ellipsis after a whole word
     */
    static List<Piece> of(Passage passage, List<TypedSpan> typed, int most) {
        List<Piece> pieces = new ArrayList<>();
        int length = 0;
        int start = passage.span().start();
        for (int from = start; from < passage.span().end() && length < most; ) {
            TypedSpan covering = covering(typed, from);
            int to = covering == null
                    ? nextStart(typed, from, passage.span().end())
                    : Math.min(covering.span().end(), passage.span().end());
            if (covering == null || covering.type() != TypedSpan.Type.LINE_END_HYPHEN) {
                String words =
                        new Span(from - start, to - start).of(passage.text()).replaceAll("\\s+", " ");
                boolean begins = pieces.isEmpty() || pieces.getLast().text().endsWith(" ");
                words = begins ? words.stripLeading() : words;
                words = cut(words, most - length);
                if (!words.isEmpty()) {
                    pieces.add(new Piece(words, kind(covering)));
                    length += words.length();
                }
            }
            from = to;
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

    private static TypedSpan covering(List<TypedSpan> typed, int offset) {
        return typed.stream()
                .filter(span -> matters(span)
                        && span.span().start() <= offset
                        && offset < span.span().end())
                .findFirst()
                .orElse(null);
    }

    private static int nextStart(List<TypedSpan> typed, int from, int end) {
        return typed.stream()
                .filter(span -> matters(span) && span.span().start() > from)
                .mapToInt(span -> span.span().start())
                .filter(next -> next < end)
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
