package io.lectern.app.report;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.ArabicShaping;
import com.ibm.icu.text.ArabicShapingException;
import com.ibm.icu.text.Bidi;
import com.ibm.icu.text.BidiRun;
import com.ibm.icu.text.BreakIterator;
import io.lectern.ingest.document.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/**
 * Sets text of any script in the bundled typefaces of one PDF: breaks it into lines, joins Arabic letters, orders lines
 * that run right to left, and remembers where each character came to stand. A character that no bundled typeface has is
 * drawn as an empty box and counted.
 */
final class Typesetter {
    private static final String LIBERATION = "/liberation/Liberation";
    private static final String DEJAVU = "/net/sf/jasperreports/fonts/dejavu/DejaVuSans";
    private static final String DROID = "/io/lectern/app/report/fonts/DroidSansFallbackFull.ttf";
    private static final int MISSING = 0x25A1;
    private static final int SPACES_OF_A_TAB = 4;

    /** The typefaces; each falls back to DejaVu Sans, then to Droid Sans Fallback. */
    enum Face {
        SERIF(LIBERATION + "Serif-Regular.ttf", DEJAVU + ".ttf"),
        SERIF_BOLD(LIBERATION + "Serif-Bold.ttf", DEJAVU + "-Bold.ttf"),
        SANS(LIBERATION + "Sans-Regular.ttf", DEJAVU + ".ttf"),
        SANS_BOLD(LIBERATION + "Sans-Bold.ttf", DEJAVU + "-Bold.ttf"),
        MONO(LIBERATION + "Mono-Regular.ttf", DEJAVU + "Mono.ttf");

        private final List<String> resources;

        Face(String first, String second) {
            resources = List.of(first, second, DROID);
        }
    }

    /**
     * Neighbouring glyphs of one font.
     *
     * @param x from the start of the line, in points
     */
    record Piece(PDFont font, String text, float x) {}

    /**
     * Characters that follow one another in one direction.
     *
     * @param span in the text that was set
     * @param edges borders of its UTF-16 units along the line, in points from its start, one more than the span is long
     */
    record Run(Span span, float[] edges) {}

    /**
     * One line.
     *
     * @param span in the text that was set, the spaces at its end included
     */
    record Line(Span span, List<Piece> pieces, List<Run> runs) {}

    private record LoadedFont(PDFont font, CmapLookup characters) {}

    /** What is drawn for a character, and how far it advances in thousandths of the size. */
    private record Glyph(PDFont font, String text, float advance) {}

    private final PDDocument pdf;
    private final Map<String, LoadedFont> fonts = new HashMap<>();
    private final Map<Face, Map<Integer, Glyph>> glyphs = new EnumMap<>(Face.class);
    private int missing;

    Typesetter(PDDocument pdf) {
        this.pdf = pdf;
    }

    /** How many characters were drawn as an empty box so far. */
    int missing() {
        return missing;
    }

    /**
     * Breaks a span of a text without line breaks into lines.
     *
     * @param size of the type, in points
     * @param width of the column, in points
     */
    List<Line> lines(String text, Span block, Face face, float size, float width) {
        String logical = block.of(text);
        Glyph[] set = glyphs(logical, shaped(logical), face);
        BreakIterator breaks = BreakIterator.getLineInstance(Locale.ROOT);
        breaks.setText(logical);
        byte direction = Bidi.getBaseDirection(logical) == Bidi.RTL ? Bidi.RTL : Bidi.LTR;
        List<Line> lines = new ArrayList<>();
        for (int start = 0; start < logical.length(); ) {
            int end = lineEnd(logical, set, start, width * 1000 / size, breaks);
            lines.add(line(logical, set, new Span(start, end), block.start(), direction, size, width));
            start = end;
        }
        return lines;
    }

    /** Draws a line with its baseline's start at (x, baseline), in the page's coordinates. */
    void draw(PDPageContentStream page, Line line, float size, float x, float baseline) throws IOException {
        for (Piece piece : line.pieces()) {
            page.beginText();
            page.setFont(piece.font(), size);
            page.newLineAtOffset(x + piece.x(), baseline);
            page.showText(piece.text());
            page.endText();
        }
    }

    private static int lineEnd(String text, Glyph[] set, int start, float width, BreakIterator breaks) {
        float used = 0;
        int end = start;
        while (end < text.length()) {
            used += set[end].advance();
            if (used > width && end > start && !Character.isWhitespace(text.charAt(end))) {
                break;
            }
            end++;
        }
        if (end == text.length()) {
            return end;
        }
        int atBreak = breaks.isBoundary(end) ? end : breaks.preceding(end);
        if (atBreak > start) {
            return atBreak;
        }
        boolean splitsPair = Character.isLowSurrogate(text.charAt(end)) && end - 1 > start;
        return splitsPair ? end - 1 : Math.max(end, start + Character.charCount(text.codePointAt(start)));
    }

    private Line line(String text, Glyph[] set, Span span, int offset, byte direction, float size, float width) {
        List<Piece> pieces = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        char[] units = text.toCharArray();
        boolean simple = direction == Bidi.LTR && !Bidi.requiresBidi(units, span.start(), span.end());
        float x = 0;
        if (simple) {
            run(set, span, offset, true, size, x, pieces, runs);
        } else {
            Bidi bidi = new Bidi(span.of(text), direction);
            if (direction == Bidi.RTL) {
                x = Math.max(0, width - advance(set, new Span(span.start(), trimmedEnd(text, span)), size));
            }
            int trailing = span.end() - trimmedEnd(text, span);
            for (int i = 0; i < bidi.countRuns(); i++) {
                BidiRun visual = bidi.getVisualRun(i);
                Span part = new Span(span.start() + visual.getStart(), span.start() + visual.getLimit());
                boolean leftToRight = visual.getDirection() == Bidi.LTR;
                if (!leftToRight && part.end() == span.end() && i == 0) {
                    // Spaces at the end of a line that runs right to left hang over into the left margin.
                    x -= advance(set, new Span(part.end() - Math.min(trailing, part.length()), part.end()), size);
                }
                x = run(set, part, offset, leftToRight, size, x, pieces, runs);
            }
            runs.sort((first, second) ->
                    Integer.compare(first.span().start(), second.span().start()));
        }
        return new Line(span.shifted(offset), pieces, runs);
    }

    private static int trimmedEnd(String text, Span span) {
        int end = span.end();
        while (end > span.start() && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private static float advance(Glyph[] set, Span span, float size) {
        float sum = 0;
        for (int i = span.start(); i < span.end(); i++) {
            sum += set[i].advance();
        }
        return sum * size / 1000;
    }

    /** Places the characters of a run from x on; returns where it ends. */
    private static float run(
            Glyph[] set,
            Span span,
            int offset,
            boolean leftToRight,
            float size,
            float x,
            List<Piece> pieces,
            List<Run> runs) {
        float[] edges = new float[span.length() + 1];
        float right = x + advance(set, span, size);
        edges[0] = leftToRight ? x : right;
        for (int i = 0; i < span.length(); i++) {
            float step = set[span.start() + i].advance() * size / 1000;
            edges[i + 1] = edges[i] + (leftToRight ? step : -step);
        }
        runs.add(new Run(span.shifted(offset), edges));

        StringBuilder words = new StringBuilder();
        PDFont font = null;
        float wordsAt = x;
        float at = x;
        for (int k = 0; k < span.length(); k++) {
            Glyph glyph = set[leftToRight ? span.start() + k : span.end() - 1 - k];
            boolean goesOn = glyph.font() == font && !glyph.text().isEmpty();
            if (!goesOn && !words.isEmpty()) {
                pieces.add(new Piece(font, words.toString(), wordsAt));
                words.setLength(0);
            }
            if (!glyph.text().isEmpty()) {
                wordsAt = words.isEmpty() ? at : wordsAt;
                font = glyph.font();
                words.append(leftToRight ? glyph.text() : mirrored(glyph.text()));
            }
            at += glyph.advance() * size / 1000;
        }
        if (!words.isEmpty()) {
            pieces.add(new Piece(font, words.toString(), wordsAt));
        }
        return right;
    }

    /** The bracket that a run from right to left shows for this one; fonts with one have the other too. */
    private static String mirrored(String glyph) {
        return Character.toString(UCharacter.getMirror(glyph.codePointAt(0)));
    }

    /** The text with Arabic letters in the forms in which they join; as many units as before. */
    private static String shaped(String text) {
        try {
            return new ArabicShaping(ArabicShaping.LETTERS_SHAPE
                            | ArabicShaping.LENGTH_FIXED_SPACES_NEAR
                            | ArabicShaping.TEXT_DIRECTION_LOGICAL)
                    .shape(text);
        } catch (ArabicShapingException e) {
            throw new IllegalStateException("shaping in place needs no more room than the text has", e);
        }
    }

    /** One glyph a UTF-16 unit; the second unit of a pair has an empty one. */
    private Glyph[] glyphs(String logical, String shaped, Face face) {
        Glyph[] set = new Glyph[logical.length()];
        for (int i = 0; i < set.length; ) {
            int c = shaped.codePointAt(i);
            boolean takenByLigature = c == ' ' && logical.charAt(i) != ' ';
            Glyph glyph = takenByLigature ? new Glyph(null, "", 0) : glyph(face, c);
            if (glyph.text().codePointCount(0, glyph.text().length()) == 1
                    && glyph.text().codePointAt(0) == MISSING
                    && c != MISSING) {
                missing++;
            }
            set[i++] = glyph;
            if (Character.charCount(c) == 2) {
                set[i++] = new Glyph(null, "", 0);
            }
        }
        return set;
    }

    private Glyph glyph(Face face, int c) {
        Map<Integer, Glyph> known = glyphs.computeIfAbsent(face, f -> new HashMap<>());
        Glyph glyph = known.get(c);
        if (glyph == null) {
            glyph = find(face, c);
            known.put(c, glyph);
        }
        return glyph;
    }

    private Glyph find(Face face, int c) {
        if (c == '\t') {
            return new Glyph(null, "", SPACES_OF_A_TAB * glyph(face, ' ').advance());
        }
        if (c == 0x00A0 || c == 0x202F || c == 0x2007) {
            return glyph(face, ' ');
        }
        int type = Character.getType(c);
        if (type == Character.CONTROL || type == Character.FORMAT || c == '\u2028' || c == '\u2029') {
            return new Glyph(null, "", 0);
        }
        for (String resource : face.resources) {
            LoadedFont font = fonts.computeIfAbsent(resource, this::load);
            if (font.characters().getGlyphId(c) != 0) {
                String text = Character.toString(c);
                try {
                    return new Glyph(font.font(), text, font.font().getStringWidth(text));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return glyph(face, MISSING);
    }

    private LoadedFont load(String resource) {
        try (InputStream in = Typesetter.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the typeface " + resource + " is missing from this installation");
            }
            TrueTypeFont font = new TTFParser().parse(new RandomAccessReadBuffer(in));
            // Ligatures would take glyphs away from the characters whose places are remembered.
            font.setEnableGsub(false);
            return new LoadedFont(PDType0Font.load(pdf, font, true), font.getUnicodeCmapLookup());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
