package io.lectern.ingest.document;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Glyph positions of a document with fixed pages, kept as runs: the characters of one line share their top and height,
 * so a character costs one number.
 *
 * @param runs in the order of the text; characters between runs (line breaks) have no place of their own
 */
public record PageLayout(List<GlyphRun> runs) implements Layout {

    /**
     * Characters that follow one another on a line. Positions are rounded to 1/64 point (0.006 mm), which no eye sees and
     * which lets a matter keep a character's place in about a byte.
     *
     * @param page number of the page, counted from 1
     * @param start offset of the first character in {@link Document#text()}
     * @param vertical whether the line runs along the page's vertical axis (turned by 90° or 270°)
     * @param near where the line begins across its direction, in points: the top of a horizontal line, the left of a
     *     vertical one
     * @param far where it ends across its direction
     * @param edges borders of the characters along the direction of the line, in points; character i lies between
     *     {@code edges[i]} and {@code edges[i + 1]}; they fall where text runs right to left
     */
    public record GlyphRun(int page, int start, boolean vertical, float near, float far, float[] edges) {
        private static final float STEPS_PER_POINT = 64;

        public GlyphRun {
            near = rounded(near);
            far = rounded(far);
            edges = edges.clone();
            for (int i = 0; i < edges.length; i++) {
                edges[i] = rounded(edges[i]);
            }
        }

        public int end() {
            return start + edges.length - 1;
        }

        /** Equal by the positions, not by the array that holds them. */
        @Override
        public boolean equals(Object other) {
            return other instanceof GlyphRun that
                    && page == that.page
                    && start == that.start
                    && vertical == that.vertical
                    && near == that.near
                    && far == that.far
                    && Arrays.equals(edges, that.edges);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(edges) * 31 + start;
        }

        private static float rounded(float points) {
            return Math.round(points * STEPS_PER_POINT) / STEPS_PER_POINT;
        }

        Box box(int from, int to) {
            float first = Float.POSITIVE_INFINITY;
            float last = Float.NEGATIVE_INFINITY;
            for (int i = from - start; i <= to - start; i++) {
                first = Math.min(first, edges[i]);
                last = Math.max(last, edges[i]);
            }
            return vertical
                    ? new Box(near, first, far - near, last - first)
                    : new Box(first, near, last - first, far - near);
        }
    }

    public PageLayout {
        runs = List.copyOf(runs);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if no character of the span has a place on a page
     */
    @Override
    public Locator.Pages locate(Span span) {
        List<Locator.PageArea> areas = new ArrayList<>();
        List<Box> boxes = new ArrayList<>();
        int page = 0;
        for (int i = firstRunEndingAfter(span.start());
                i < runs.size() && runs.get(i).start() < span.end();
                i++) {
            GlyphRun run = runs.get(i);
            if (run.page() != page && !boxes.isEmpty()) {
                areas.add(new Locator.PageArea(page, boxes));
                boxes = new ArrayList<>();
            }
            page = run.page();
            boxes.add(run.box(Math.max(span.start(), run.start()), Math.min(span.end(), run.end())));
        }
        if (!boxes.isEmpty()) {
            areas.add(new Locator.PageArea(page, boxes));
        }
        if (areas.isEmpty()) {
            throw new IllegalArgumentException("no character of " + span + " has a place on a page");
        }
        return new Locator.Pages(areas);
    }

    private int firstRunEndingAfter(int offset) {
        int low = 0;
        int high = runs.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (runs.get(middle).end() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
