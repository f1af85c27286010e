package io.lectern.ingest.document;

/**
 * A half-open range of a text, in UTF-16 code units.
 *
 * @param start index of the first unit, at least 0
 * @param end index after the last unit, at least {@code start}
 */
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("not a span: [" + start + ", " + end + ")");
        }
    }

    public int length() {
        return end - start;
    }

    public boolean isEmpty() {
        return start == end;
    }

    /** Whether the two ranges share at least one unit. */
    public boolean overlaps(Span other) {
        return start < other.end && other.start < end;
    }

    public boolean contains(Span other) {
        return start <= other.start && other.end <= end;
    }

    /** The same range, moved by {@code distance} units. */
    public Span shifted(int distance) {
        return new Span(start + distance, end + distance);
    }

    /** The smallest range that holds both. */
    public Span union(Span other) {
        return new Span(Math.min(start, other.start), Math.max(end, other.end));
    }

    /** The units of {@code text} in this range. */
    public String of(String text) {
        return text.substring(start, end);
    }
}
