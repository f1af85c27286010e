package io.lectern.engine.generate;

import io.lectern.engine.generate.ThinkingMarkers.Opening;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells what a model thinks from what it answers, in text that arrives in pieces cut anywhere. What might be the beginning
 * of a marker is held back until it is known. No marker is ever part of an answer: one that stands in the middle of it is
 * left out.
 *
 * <p>Thinking comes before the answer, in one stretch or in several; once an answer has begun, it goes on to the end.
 */
public final class ThoughtSplitter {
    /** What a piece of text is. */
    public enum Kind {
        THINKING,
        ANSWER
    }

    /**
     * Text that stands together in what was written.
     *
     * @param end characters written up to its end, markers and all
     */
    public record Piece(Kind kind, String text, int end) {}

    private enum Phase {
        /** Nothing but blanks so far: it may begin to think. */
        BEFORE,
        THINKING,
        /** It has thought, and not answered yet. */
        AFTER,
        ANSWER
    }

    /** Fewer characters of a marker at the end of what was written may be anything. */
    private static final int PART_OF_A_MARKER = 2;

    private final ThinkingMarkers markers;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder answered = new StringBuilder();
    private Phase phase;
    private boolean thinks;
    private boolean closed;
    private boolean blank = true;
    private int given;
    private int ended;

    /** @param opening how the reply was opened before the model began to write */
    public ThoughtSplitter(ThinkingMarkers markers, Opening opening) {
        this.markers = markers;
        this.thinks = markers.expected() || opening != Opening.NONE;
        this.phase = switch (opening) {
            case NONE -> Phase.BEFORE;
            case THINKING -> Phase.THINKING;
            case ANSWER -> Phase.AFTER;
        };
    }

    /** What is known of the text, with what was held back before. */
    public List<Piece> add(String text) {
        held.append(text);
        given += text.length();
        List<Piece> pieces = new ArrayList<>();
        while (step(pieces)) {
            // as far as it is known
        }
        return pieces;
    }

    /** What was held back, when writing ends; what can only be part of a marker is left out. */
    public List<Piece> finish() {
        List<Piece> pieces = new ArrayList<>();
        boolean partOfMarker = switch (phase) {
            case BEFORE -> thinks && held.toString().strip().length() >= PART_OF_A_MARKER;
            case THINKING, AFTER -> true;
            case ANSWER -> false;
        };
        if (!partOfMarker) {
            take(pieces, Kind.ANSWER, held.length());
        }
        held.setLength(0);
        return pieces;
    }

    /** Whether what is written now is thinking. */
    public boolean isThinking() {
        return phase == Phase.THINKING;
    }

    /** Whether the answer has begun. */
    public boolean isAnswering() {
        return phase == Phase.ANSWER;
    }

    /** Whether nothing has been written that says whether the model thinks. */
    public boolean isOpen() {
        return phase == Phase.BEFORE && held.isEmpty();
    }

    /** How many stretches of thinking have ended. */
    public int ended() {
        return ended;
    }

    /** There is no more thinking from now on but the stretch that goes on: a marker that would begin another is left out. */
    public void close() {
        closed = true;
    }

    private boolean step(List<Piece> pieces) {
        return switch (phase) {
            case BEFORE -> before();
            case THINKING -> thinking(pieces);
            case AFTER -> after();
            case ANSWER -> answer(pieces);
        };
    }

    private boolean before() {
        int blanks = thinks ? leadingBlanks() : 0;
        if (begins(markers.begin(), blanks)) {
            think(blanks);
            return true;
        }
        if (held.isEmpty() || mayBegin(markers.begin(), blanks)) {
            return false;
        }
        phase = Phase.ANSWER;
        return true;
    }

    private boolean after() {
        held.delete(0, leadingBlanks());
        if (begins(markers.begin(), 0) && !closed) {
            think(0);
            return true;
        }
        for (String marker : List.of(markers.begin(), markers.end())) {
            if (begins(marker, 0)) {
                held.delete(0, marker.length());
                return true;
            }
        }
        if (mayBegin(markers.begin(), 0) || mayBegin(markers.end(), 0)) {
            return false;
        }
        phase = Phase.ANSWER;
        return true;
    }

    private void think(int blanks) {
        held.delete(0, blanks + markers.begin().length());
        phase = Phase.THINKING;
        thinks = true;
        blank = true;
    }

    private boolean thinking(List<Piece> pieces) {
        if (blank) {
            held.delete(0, leadingBlanks());
            if (begins(markers.begin(), 0)) { // although the template wrote it already
                held.delete(0, markers.begin().length());
                return true;
            }
            if (mayBegin(markers.begin(), 0)) {
                return false;
            }
        }
        int at = held.indexOf(markers.end());
        if (at < 0) {
            take(pieces, Kind.THINKING, withoutTrailingBlanks(held.length() - beginningAtEnd(markers.end())));
            return false;
        }
        take(pieces, Kind.THINKING, withoutTrailingBlanks(at));
        held.delete(0, held.indexOf(markers.end()) + markers.end().length());
        phase = Phase.AFTER;
        ended++;
        return true;
    }

    private boolean answer(List<Piece> pieces) {
        if (!thinks) {
            take(pieces, Kind.ANSWER, held.length());
            return false;
        }
        String first = Stream.of(markers.begin(), markers.end())
                .filter(marker -> held.indexOf(marker) >= 0)
                .min((one, other) -> held.indexOf(one) - held.indexOf(other))
                .orElse(null);
        if (first == null) {
            take(
                    pieces,
                    Kind.ANSWER,
                    held.length() - Math.max(beginningAtEnd(markers.begin()), beginningAtEnd(markers.end())));
            return false;
        }
        take(pieces, Kind.ANSWER, held.indexOf(first));
        held.delete(0, first.length());
        if (endsLikeAMarker()) {
            // What follows would make a marker of it.
            pieces.add(new Piece(Kind.ANSWER, " ", given - held.length()));
            answered.append(' ');
        }
        return true;
    }

    /** Takes the first characters out of what is held. */
    private void take(List<Piece> pieces, Kind kind, int length) {
        if (length == 0) {
            return;
        }
        String text = held.substring(0, length);
        held.delete(0, length);
        pieces.add(new Piece(kind, text, given - held.length()));
        if (kind == Kind.THINKING) {
            blank = false;
        } else {
            answered.append(text);
            int kept = Math.max(markers.begin().length(), markers.end().length());
            answered.delete(0, Math.max(0, answered.length() - kept));
        }
    }

    private boolean endsLikeAMarker() {
        return Math.max(beginningAtEnd(answered, markers.begin()), beginningAtEnd(answered, markers.end())) > 0;
    }

    private boolean begins(String marker, int from) {
        return held.length() >= from + marker.length()
                && held.substring(from, from + marker.length()).equals(marker);
    }

    /** Whether all that is held is a beginning of the marker, if only an empty one. */
    private boolean mayBegin(String marker, int from) {
        return held.length() - from < marker.length() && marker.startsWith(held.substring(from));
    }

    private int leadingBlanks() {
        int count = 0;
        while (count < held.length() && Character.isWhitespace(held.charAt(count))) {
            count++;
        }
        return count;
    }

    private int withoutTrailingBlanks(int length) {
        int end = length;
        while (end > 0 && Character.isWhitespace(held.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private int beginningAtEnd(String marker) {
        return beginningAtEnd(held, marker);
    }

    /** Length of the longest part at the end of a text with which the marker begins. */
    private static int beginningAtEnd(CharSequence text, String marker) {
        for (int length = Math.min(marker.length() - 1, text.length()); length > 0; length--) {
            if (marker.startsWith(
                    text.subSequence(text.length() - length, text.length()).toString())) {
                return length;
            }
        }
        return 0;
    }
}
