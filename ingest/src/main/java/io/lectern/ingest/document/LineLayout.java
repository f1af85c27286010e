package io.lectern.ingest.document;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Lines of a text file.
 *
 * @param starts offset of the first character of each line, ascending, the first one 0
 */
public record LineLayout(int[] starts) implements Layout {

    /** The lines of {@code text}; a line ends after LF, CRLF or a lone CR. */
    public static LineLayout of(String text) {
        var starts = java.util.stream.IntStream.builder();
        starts.add(0);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean carriageReturnAlone = c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
            if (c == '\n' || carriageReturnAlone) {
                starts.add(i + 1);
            }
        }
        return new LineLayout(starts.build().toArray());
    }

    @Override
    public Locator.Lines locate(Span span) {
        int last = Math.max(span.start(), span.end() - 1);
        int startLine = lastStartAtOrBefore(starts.length, i -> starts[i], span.start());
        int endLine = lastStartAtOrBefore(starts.length, i -> starts[i], last);
        return new Locator.Lines(
                startLine + 1, span.start() - starts[startLine] + 1, endLine + 1, last - starts[endLine] + 2);
    }

    /** Equal by the lines, not by the array that holds them. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LineLayout that && Arrays.equals(starts, that.starts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(starts);
    }

    /** Index of the last of {@code count} ascending starts that is not after {@code offset}. */
    static int lastStartAtOrBefore(int count, IntUnaryOperator startOf, int offset) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (startOf.applyAsInt(middle) <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.max(0, low - 1);
    }
}
