package io.lectern.ingest.document;

import java.util.Arrays;

/**
 * A text made from another by copying, leaving out and replacing, which remembers where each part came from. The prompt
 * view of a document, the normalised form that comparisons use, and a prompt of many documents are all of this kind.
 *
 * <p>The map is a list of segments. In a <em>copied</em> segment, character i of the text is character i of the source
 * stretch; in a <em>replaced</em> one the whole segment stands for the whole source stretch (which may be empty).
 */
public final class MappedText {
    private final String text;
    /** Ascending starts of segments in {@link #text}. */
    private final int[] starts;

    private final int[] sourceStarts;
    private final int[] sourceLengths;
    private final boolean[] copied;

    private MappedText(Builder builder) {
        text = builder.text.toString();
        starts = Arrays.copyOf(builder.starts, builder.count);
        sourceStarts = Arrays.copyOf(builder.sourceStarts, builder.count);
        sourceLengths = Arrays.copyOf(builder.sourceLengths, builder.count);
        copied = Arrays.copyOf(builder.copied, builder.count);
    }

    public String text() {
        return text;
    }

    public int length() {
        return text.length();
    }

    /**
     * The smallest span of the source that the given span of this text came from. Replaced segments count whole.
     *
     * @param span a non-empty range of {@link #text()}
     */
    public Span toSource(Span span) {
        if (span.isEmpty() || span.end() > text.length()) {
            throw new IllegalArgumentException(span + " is empty or outside a text of " + text.length());
        }
        int start = Integer.MAX_VALUE;
        int end = -1;
        for (int i = segmentAt(span.start()); i < starts.length && starts[i] < span.end(); i++) {
            if (copied[i]) {
                start = Math.min(start, sourceStarts[i] + Math.max(0, span.start() - starts[i]));
                end = Math.max(end, sourceStarts[i] + Math.min(sourceLengths[i], span.end() - starts[i]));
            } else {
                start = Math.min(start, sourceStarts[i]);
                end = Math.max(end, sourceStarts[i] + sourceLengths[i]);
            }
        }
        return new Span(start, end);
    }

    /**
     * The smallest span of this text that holds what came from the given span of the source, for a map whose source
     * stretches ascend. An empty span at the right place where all of it was left out.
     */
    public Span fromSource(Span source) {
        int start = -1;
        int end = -1;
        int gap = 0;
        for (int i = firstSegmentEndingAfter(source.start());
                i < starts.length && sourceStarts[i] < source.end();
                i++) {
            int from = starts[i];
            int to = segmentEnd(i);
            if (copied[i]) {
                from += Math.max(0, source.start() - sourceStarts[i]);
                to = starts[i] + Math.min(sourceLengths[i], source.end() - sourceStarts[i]);
            }
            start = start < 0 ? from : start;
            end = Math.max(end, to);
        }
        if (start < 0) {
            int next = firstSegmentEndingAfter(source.start());
            gap = next < starts.length ? starts[next] : text.length();
            return new Span(gap, gap);
        }
        return new Span(start, end);
    }

    private int segmentEnd(int i) {
        return i + 1 < starts.length ? starts[i + 1] : text.length();
    }

    private int segmentAt(int offset) {
        return LineLayout.lastStartAtOrBefore(starts.length, i -> starts[i], offset);
    }

    private int firstSegmentEndingAfter(int sourceOffset) {
        int low = 0;
        int high = starts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sourceStarts[middle] + sourceLengths[middle] <= sourceOffset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Makes a {@link MappedText} from left to right. */
    public static final class Builder {
        private final StringBuilder text = new StringBuilder();
        private int count;
        private int[] starts = new int[16];
        private int[] sourceStarts = new int[16];
        private int[] sourceLengths = new int[16];
        private boolean[] copied = new boolean[16];

        public int length() {
            return text.length();
        }

        /** Copies a span of the source as it is; a copy that goes on where the last one ended joins it. */
        public Builder copy(CharSequence source, Span span) {
            if (span.isEmpty()) {
                return this;
            }
            boolean goesOn = count > 0
                    && copied[count - 1]
                    && sourceStarts[count - 1] + sourceLengths[count - 1] == span.start();
            if (goesOn) {
                sourceLengths[count - 1] += span.length();
            } else {
                segment(span, true);
            }
            text.append(source, span.start(), span.end());
            return this;
        }

        /** Puts {@code replacement} where the source has {@code span}; with an empty replacement the span is left out. */
        public Builder replace(Span span, CharSequence replacement) {
            if (!replacement.isEmpty()) {
                segment(span, false);
                text.append(replacement);
            }
            return this;
        }

        public MappedText build() {
            return new MappedText(this);
        }

        private void segment(Span span, boolean isCopy) {
            if (count == starts.length) {
                int larger = count * 2;
                starts = Arrays.copyOf(starts, larger);
                sourceStarts = Arrays.copyOf(sourceStarts, larger);
                sourceLengths = Arrays.copyOf(sourceLengths, larger);
                copied = Arrays.copyOf(copied, larger);
            }
            starts[count] = text.length();
            sourceStarts[count] = span.start();
            sourceLengths[count] = span.length();
            copied[count++] = isCopy;
        }
    }
}
