package io.lectern.app.report;

import io.lectern.app.report.Typesetter.Face;
import io.lectern.app.report.Typesetter.Line;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.PageLayout;
import io.lectern.ingest.document.ParagraphLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;

/**
 * Pages on which the text of a document stands, set by Lectern, for sources that have no pages of their own or whose pages
 * must not be changed. Numbers in the margin are those of the source's paragraphs, lines or pages, so that citations can be
 * followed. Yields the place of every character, as for a PDF.
 */
final class PageView {
    private static final PDRectangle PAPER = PDRectangle.A4;
    private static final float LEFT = 96;
    private static final float RIGHT = 62;
    private static final float TOP = 92;
    private static final float BOTTOM = 66;
    private static final float LABEL_SIZE = 7.5f;
    private static final float NAME_SIZE = 8.5f;
    private static final Color MUTED = new Color(0x57, 0x60, 0x6a);
    private static final Color INK = new Color(0x1b, 0x1f, 0x24);
    private static final Color RULE = new Color(0xd9, 0xdd, 0xe3);

    private final PDDocument pdf;
    private final Typesetter typesetter;
    private final ReportDocument source;
    private final String text;
    private final Face face;
    private final float size;
    private final float leading;
    private final int firstPage;
    private final List<PageLayout.GlyphRun> places = new ArrayList<>();

    private PDPageContentStream content;
    private float baseline;
    private int number;
    /** Whether the last block was blank: several of them make one gap. */
    private boolean afterGap;

    private PageView(PDDocument pdf, Typesetter typesetter, ReportDocument source) {
        this.pdf = pdf;
        this.typesetter = typesetter;
        this.source = source;
        this.text = source.document().text();
        boolean code = source.document().format() == DocumentFormat.CODE;
        this.face = code ? Face.MONO : Face.SERIF;
        this.size = code ? 8.5f : 10.5f;
        this.leading = size * 1.4f;
        this.firstPage = pdf.getNumberOfPages();
    }

    /**
     * Appends the pages of a document's text to a PDF.
     *
     * @return where every character stands; page 1 is the first page appended
     */
    static PageLayout append(PDDocument pdf, Typesetter typesetter, ReportDocument source) throws IOException {
        PageView view = new PageView(pdf, typesetter, source);
        view.setAll();
        return new PageLayout(view.places);
    }

    private void setAll() throws IOException {
        newPage();
        String label = "";
        for (int start = 0; start < text.length(); ) {
            int end = blockEnd(start);
            Span block = new Span(start, end);
            String here = block.isEmpty() ? label : label(start);
            set(block, here.equals(label) ? "" : here);
            label = here;
            start = end + lineBreakLength(end);
        }
        content.close();
    }

    private int blockEnd(int start) {
        int end = start;
        while (end < text.length() && "\n\r\f\u2028\u2029".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private int lineBreakLength(int at) {
        return text.startsWith("\r\n", at) ? 2 : 1;
    }

    private void set(Span block, String label) throws IOException {
        if (block.of(text).isBlank()) {
            baseline -= afterGap ? 0 : leading * 0.6f;
            afterGap = true;
            return;
        }
        afterGap = false;
        Document document = source.document();
        boolean heading = is(TypedSpan.Type.HEADING, block);
        Face blockFace = heading ? Face.SERIF_BOLD : face;
        List<Line> lines = typesetter.lines(text, block, blockFace, size, PAPER.getWidth() - LEFT - RIGHT);
        boolean paragraphs = document.layout() instanceof ParagraphLayout;
        for (int i = 0; i < lines.size(); i++) {
            if (baseline < BOTTOM) {
                content.close();
                newPage();
            }
            if (i == 0 && !label.isEmpty()) {
                label(label);
            }
            Line line = lines.get(i);
            content.setNonStrokingColor(INK);
            typesetter.draw(content, line, size, LEFT, baseline);
            ruleNotLive(line);
            remember(line);
            baseline -= leading;
        }
        baseline -= paragraphs ? leading * 0.45f : 0;
    }

    /** Whether all of a stretch is of a type. */
    private boolean is(TypedSpan.Type type, Span stretch) {
        return source.document().typedSpans().stream()
                .anyMatch(typed -> typed.type() == type && typed.span().contains(stretch));
    }

    /** Strikes out what is deleted, and underlines with dashes what the document hides. */
    private void ruleNotLive(Line line) throws IOException {
        for (TypedSpan typed : source.document().typedSpans()) {
            boolean deleted = typed.type() == TypedSpan.Type.DELETED_REVISION;
            boolean hidden = typed.type() == TypedSpan.Type.HIDDEN_TEXT;
            if ((deleted || hidden) && typed.span().overlaps(line.span())) {
                content.setLineDashPattern(hidden ? new float[] {2, 1.5f} : new float[0], 0);
                rule(line, typed.span(), baseline + size * (deleted ? 0.28f : -0.14f));
            }
        }
    }

    private void rule(Line line, Span stretch, float y) throws IOException {
        content.setStrokingColor(INK);
        content.setLineWidth(0.7f);
        for (Typesetter.Run run : line.runs()) {
            if (run.span().overlaps(stretch)) {
                int from = Math.max(stretch.start(), run.span().start())
                        - run.span().start();
                int to = Math.min(stretch.end(), run.span().end()) - run.span().start();
                content.moveTo(LEFT + run.edges()[from], y);
                content.lineTo(LEFT + run.edges()[to], y);
            }
        }
        content.stroke();
    }

    private void remember(Line line) {
        float top = PAPER.getHeight() - baseline - size * 0.86f;
        float bottom = PAPER.getHeight() - baseline + size * 0.26f;
        for (Typesetter.Run run : line.runs()) {
            float[] edges = run.edges().clone();
            for (int i = 0; i < edges.length; i++) {
                edges[i] += LEFT;
            }
            places.add(new PageLayout.GlyphRun(number, run.span().start(), false, top, bottom, edges));
        }
    }

    /** The source's own number of the paragraph, line or page that the character at an offset stands in. */
    private String label(int offset) {
        Span first = new Span(offset, offset + 1);
        return switch (source.document().layout()) {
            case LineLayout lines -> Integer.toString(lines.locate(first).startLine());
            case ParagraphLayout paragraphs -> {
                Locator.Paragraphs at = paragraphs.locate(first);
                yield "¶ " + at.first();
            }
            case PageLayout pagesOfSource ->
                source.document().pages().stream()
                        .filter(page -> page.span().contains(first))
                        .findFirst()
                        .map(page -> "p. " + page.number())
                        .orElse("");
        };
    }

    private void label(String label) throws IOException {
        Line line = line(label, Face.SANS, LABEL_SIZE);
        content.setNonStrokingColor(MUTED);
        typesetter.draw(content, line, LABEL_SIZE, LEFT - 14 - width(line), baseline);
    }

    private void newPage() throws IOException {
        PDPage page = new PDPage(PAPER);
        pdf.addPage(page);
        number = pdf.getNumberOfPages() - firstPage;
        content = new PDPageContentStream(pdf, page);
        content.setNonStrokingColor(MUTED);
        float head = PAPER.getHeight() - 46;
        float column = PAPER.getWidth() - LEFT - RIGHT;
        typesetter.draw(
                content, line(shortened(source.name(), column), Face.SANS_BOLD, NAME_SIZE), NAME_SIZE, LEFT, head);
        typesetter.draw(content, line(note(), Face.SANS, LABEL_SIZE), LABEL_SIZE, LEFT, head - 11);
        Line foot = line("View page " + number, Face.SANS, LABEL_SIZE);
        typesetter.draw(content, foot, LABEL_SIZE, PAPER.getWidth() - RIGHT - width(foot), 36);
        content.setStrokingColor(RULE);
        content.setLineWidth(0.6f);
        content.moveTo(LEFT, head - 19);
        content.lineTo(PAPER.getWidth() - RIGHT, head - 19);
        content.stroke();
        baseline = PAPER.getHeight() - TOP;
    }

    /** A name that fits on one line, its end left out if need be. */
    private String shortened(String name, float width) {
        String whole = name.replaceAll("\\R", " ");
        int kept = whole.length();
        String shown = whole;
        while (typesetter
                        .lines(shown, new Span(0, shown.length()), Face.SANS_BOLD, NAME_SIZE, width)
                        .size()
                > 1) {
            kept = whole.offsetByCodePoints(kept, -1);
            shown = whole.substring(0, kept) + "…";
        }
        return shown;
    }

    private String note() {
        String numbers = switch (source.document().layout()) {
            case LineLayout lines -> "line";
            case ParagraphLayout paragraphs -> "paragraph";
            case PageLayout pagesOfSource -> "page";
        };
        return "Text of the source (" + source.document().format().label() + "), set by Lectern; " + numbers
                + " numbers of the source in the margin";
    }

    private Line line(String words, Face wordsFace, float wordsSize) {
        return typesetter
                .lines(words, new Span(0, words.length()), wordsFace, wordsSize, PAPER.getWidth())
                .getFirst();
    }

    private static float width(Line line) {
        float[] edges = line.runs().getLast().edges();
        return edges[edges.length - 1];
    }
}
