package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes lines of glyphs. Glyphs keep the order they come in; a line ends where the next glyph stands on another baseline,
 * runs in another direction, or jumps back. A gap wider than letters leave becomes a space, for most files draw none.
 */
final class LineBuilder {
    /** Baselines nearer than this share of the font's size are one line: superscripts, subscripts. */
    private static final float SAME_LINE = 0.55f;
    /** Going back further than this many times the font's size begins a new line. */
    private static final float BACK_JUMP = 1f;
    /** A gap this many times the font's size parts table cells: the characters on its sides are two runs of places. */
    private static final float CELL_GAP = 2.5f;

    private final List<TextLine> lines = new ArrayList<>();
    private final List<Glyph> line = new ArrayList<>();

    static List<TextLine> lines(List<Glyph> glyphs) {
        LineBuilder builder = new LineBuilder();
        for (Glyph glyph : glyphs) {
            builder.add(glyph);
        }
        builder.endLine();
        return builder.lines;
    }

    private void add(Glyph glyph) {
        if (!line.isEmpty() && !goesOn(line, glyph)) {
            endLine();
        }
        line.add(glyph);
    }

    private static boolean goesOn(List<Glyph> line, Glyph next) {
        Glyph last = line.getLast();
        if (next.direction() != last.direction()) {
            return false;
        }
        float size = Math.max(last.size(), next.size());
        if (Math.abs(next.baseline() - last.baseline()) >= SAME_LINE * size) {
            // A superscript may follow a subscript: the line as a whole decides.
            Glyph first = line.getFirst();
            if (next.isBlank() || Math.abs(next.baseline() - first.baseline()) >= SAME_LINE * size) {
                return false;
            }
        }
        boolean rightToLeft =
                next.isRightToLeft() || last.isRightToLeft() || line.stream().anyMatch(Glyph::isRightToLeft);
        return rightToLeft || next.start() >= last.start() - BACK_JUMP * size;
    }

    private void endLine() {
        if (!line.stream().allMatch(Glyph::isBlank)) {
            lines.add(compose(line));
        }
        line.clear();
    }

    private static TextLine compose(List<Glyph> drawn) {
        boolean bidirectional = drawn.stream().anyMatch(Glyph::isRightToLeft);
        List<Glyph> spaced = withSpaces(withoutOuterBlanks(bidirectional ? BidiOrder.visual(drawn) : drawn));
        boolean[] backwards = new boolean[spaced.size()];
        if (bidirectional) {
            spaced = BidiOrder.logical(spaced, backwards);
        }
        return new Composition(spaced, backwards).line();
    }

    private static List<Glyph> withoutOuterBlanks(List<Glyph> glyphs) {
        int first = 0;
        int last = glyphs.size();
        while (glyphs.get(first).isBlank()) {
            first++;
        }
        while (glyphs.get(last - 1).isBlank()) {
            last--;
        }
        return glyphs.subList(first, last);
    }

    /** The glyphs with a space of its own in every gap that no drawn space fills. */
    private static List<Glyph> withSpaces(List<Glyph> glyphs) {
        List<Glyph> spaced = new ArrayList<>(glyphs.size() + glyphs.size() / 5);
        Glyph last = null;
        float letterWidth = 0;
        for (Glyph glyph : glyphs) {
            if (last != null && !last.isBlank() && !glyph.isBlank()) {
                // PDFBox's measure: half a space of the font, or three tenths of the letters seen lately.
                float enough = Math.min(0.5f * glyph.spaceWidth(), 0.3f * letterWidth);
                if (glyph.start() - last.end() > enough) {
                    spaced.add(spaceBetween(last, glyph));
                }
            }
            float width = glyph.width() / Math.max(1, glyph.text().length());
            letterWidth = letterWidth == 0 ? width : (letterWidth + width) / 2;
            spaced.add(glyph);
            last = glyph;
        }
        return spaced;
    }

    private static Glyph spaceBetween(Glyph left, Glyph right) {
        return new Glyph(
                " ",
                left.direction(),
                left.end(),
                right.start(),
                left.top(),
                left.bottom(),
                left.baseline(),
                left.size(),
                left.spaceWidth(),
                null);
    }

    /** Writes the characters of a line and the runs of their places. */
    private static final class Composition {
        private final List<Glyph> glyphs;
        private final boolean[] backwards;
        private final StringBuilder text = new StringBuilder();
        private final List<TextLine.Run> runs = new ArrayList<>();
        private final List<TextLine.HiddenStretch> hidden = new ArrayList<>();

        private int runStart;
        private float[] edges = new float[64];
        private int edgeCount;
        private float runTop;
        private float runBottom;
        private boolean runBackwards;

        Composition(List<Glyph> glyphs, boolean[] backwards) {
            this.glyphs = glyphs;
            this.backwards = backwards;
        }

        TextLine line() {
            float start = Float.POSITIVE_INFINITY;
            float end = Float.NEGATIVE_INFINITY;
            float top = Float.POSITIVE_INFINITY;
            float bottom = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < glyphs.size(); i++) {
                Glyph glyph = glyphs.get(i);
                start = Math.min(start, glyph.start());
                end = Math.max(end, glyph.end());
                top = Math.min(top, glyph.top());
                bottom = Math.max(bottom, glyph.bottom());
                append(glyph, backwards[i]);
            }
            endRun();
            Glyph commonest = commonestSize();
            return new TextLine(
                    text.toString(),
                    commonest.direction(),
                    start,
                    end,
                    top,
                    bottom,
                    commonest.baseline(),
                    commonest.size(),
                    runs,
                    hidden);
        }

        private void append(Glyph glyph, boolean isBackwards) {
            int length = glyph.text().length();
            if (length == 0) {
                // Its characters were given with the glyph before it (a replacement text), and so is its place.
                if (edgeCount > 0) {
                    edges[edgeCount - 1] = isBackwards ? glyph.start() : glyph.end();
                }
                return;
            }
            if (glyph.isBlank() && glyph.width() > CELL_GAP * glyph.size()) {
                // The gap between table cells has no place: a mark on both cells shall not cross it.
                endRun();
                text.append(glyph.text());
                return;
            }
            float from = isBackwards ? glyph.end() : glyph.start();
            float to = isBackwards ? glyph.start() : glyph.end();
            if (edgeCount > 0) {
                float gap = Math.abs(from - edges[edgeCount - 1]);
                if (isBackwards != runBackwards || gap > 0.6f * glyph.size()) {
                    endRun();
                } else {
                    edges[edgeCount - 1] = from;
                }
            }
            if (edgeCount == 0) {
                runStart = text.length();
                runBackwards = isBackwards;
                runTop = glyph.top();
                runBottom = glyph.bottom();
                addEdge(from);
            }
            if (!glyph.isBlank()) {
                runTop = Math.min(runTop, glyph.top());
                runBottom = Math.max(runBottom, glyph.bottom());
            }
            for (int i = 1; i <= length; i++) {
                addEdge(from + (to - from) * i / length);
            }
            markHidden(glyph);
            text.append(glyph.text());
        }

        private void markHidden(Glyph glyph) {
            if (glyph.hidden() == null) {
                return;
            }
            Span span = new Span(text.length(), text.length() + glyph.text().length());
            if (!hidden.isEmpty()) {
                TextLine.HiddenStretch before = hidden.getLast();
                boolean joined = before.reason() == glyph.hidden()
                        && Characters.isBlank(text.substring(before.span().end()));
                if (joined) {
                    hidden.removeLast();
                    span = before.span().union(span);
                }
            }
            hidden.add(new TextLine.HiddenStretch(span, glyph.hidden()));
        }

        private void addEdge(float along) {
            if (edgeCount == edges.length) {
                edges = Arrays.copyOf(edges, edgeCount * 2);
            }
            edges[edgeCount++] = along;
        }

        private void endRun() {
            if (edgeCount > 1) {
                Direction direction = glyphs.getFirst().direction();
                float[] onPage = new float[edgeCount];
                for (int i = 0; i < edgeCount; i++) {
                    onPage[i] = direction.pageAlong(edges[i]);
                }
                float one = direction.pageAcross(runTop);
                float other = direction.pageAcross(runBottom);
                runs.add(new TextLine.Run(runStart, Math.min(one, other), Math.max(one, other), onPage));
            }
            edgeCount = 0;
        }

        /** A glyph of the size that most of the line has. */
        private Glyph commonestSize() {
            Glyph best = null;
            int most = 0;
            for (Glyph candidate : glyphs) {
                if (candidate.isBlank() || best != null && candidate.size() == best.size()) {
                    continue;
                }
                int count = 0;
                for (Glyph glyph : glyphs) {
                    if (glyph.size() == candidate.size()) {
                        count++;
                    }
                }
                if (count > most) {
                    most = count;
                    best = candidate;
                }
            }
            return best == null ? glyphs.getFirst() : best;
        }
    }
}
