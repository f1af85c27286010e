package io.lectern.app.report;

import io.lectern.app.report.Typesetter.Face;
import io.lectern.app.report.Typesetter.Line;
import io.lectern.ingest.document.Span;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.interactive.action.PDActionGoTo;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotation;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationLink;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDBorderStyleDictionary;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.destination.PDPageDestination;

/** Paragraphs that flow down the pages Lectern adds to a PDF: the index of a bound report, the legend of an annotated copy. */
final class PdfFlow {
    static final Color INK = new Color(0x1b, 0x1f, 0x24);
    static final Color MUTED = new Color(0x57, 0x60, 0x6a);
    static final Color ACCENT = new Color(0x0b, 0x57, 0xa4);
    private static final Color RULE = new Color(0xd9, 0xdd, 0xe3);
    private static final PDRectangle PAPER = PDRectangle.A4;
    private static final float LEFT = 70;
    private static final float WIDTH = PAPER.getWidth() - 2 * LEFT;
    private static final float TOP = PAPER.getHeight() - 72;
    private static final float BOTTOM = 72;
    private static final float FOOT_SIZE = 7.5f;

    /** How a paragraph looks; sizes and distances in points. */
    record Style(Face face, float size, Color colour, float indent, float spaceAbove) {
        static final Style TITLE = new Style(Face.SERIF_BOLD, 22, INK, 0, 0);
        static final Style HEADING = new Style(Face.SERIF_BOLD, 13, INK, 0, 20);
        static final Style LABEL = new Style(Face.SANS, 7.5f, MUTED, 0, 16);
        static final Style BODY = new Style(Face.SANS, 9.5f, INK, 0, 5);
        static final Style STRONG = new Style(Face.SANS_BOLD, 9.5f, INK, 0, 5);
        static final Style SMALL = new Style(Face.SANS, 8, MUTED, 0, 3);
        static final Style QUOTATION = new Style(Face.SERIF, 10.5f, INK, 14, 4);
        static final Style CODE = new Style(Face.MONO, 7.5f, MUTED, 0, 2);

        Style indented(float points) {
            return new Style(face, size, colour, points, spaceAbove);
        }

        Style coloured(Color other) {
            return new Style(face, size, other, indent, spaceAbove);
        }

        Style below(float space) {
            return new Style(face, size, colour, indent, space);
        }

        private float leading() {
            return size * 1.38f;
        }
    }

    private final PDDocument pdf;
    private final Typesetter typesetter;
    private final String foot;
    private final List<PDPage> pages = new ArrayList<>();
    private PDPageContentStream content;
    /** Lower end of what is set so far. */
    private float y;

    PdfFlow(PDDocument pdf, Typesetter typesetter, String foot) throws IOException {
        this.pdf = pdf;
        this.typesetter = typesetter;
        this.foot = foot;
        newPage();
    }

    /** Sets a paragraph; line breaks in it are kept. */
    void paragraph(String text, Style style) throws IOException {
        set(text, style, null, null);
    }

    /** Sets a paragraph that leads to another place of the PDF. */
    void link(String text, Style style, PDPageDestination target) throws IOException {
        set(text, style, null, target);
    }

    /** Sets a paragraph with a bar of colour beside it. */
    void barred(String text, Style style, Color bar, PDPageDestination target) throws IOException {
        set(text, style, bar, target);
    }

    /** A swatch of colour with words beside it. */
    void swatch(Color colour, String words) throws IOException {
        room(18);
        y -= 6;
        content.setNonStrokingColor(colour);
        content.addRect(LEFT, y - 10, 22, 11);
        content.fill();
        y += Style.BODY.spaceAbove();
        paragraph(words, Style.BODY.indented(32));
    }

    void rule() throws IOException {
        room(20);
        y -= 14;
        content.setStrokingColor(RULE);
        content.setLineWidth(0.7f);
        content.moveTo(LEFT, y);
        content.lineTo(LEFT + WIDTH, y);
        content.stroke();
    }

    /** Goes to a new page unless there is this much room. */
    void room(float points) throws IOException {
        if (y - points < BOTTOM) {
            newPage();
        }
    }

    /** Ends the last page and numbers them all; the pages are not in the PDF's tree yet. */
    List<PDPage> finish() throws IOException {
        content.close();
        for (int i = 0; i < pages.size(); i++) {
            try (PDPageContentStream footer =
                    new PDPageContentStream(pdf, pages.get(i), PDPageContentStream.AppendMode.APPEND, true, true)) {
                footer.setNonStrokingColor(MUTED);
                String words = foot + " · " + (i + 1) + " of " + pages.size();
                Line line = lines(words, Style.SMALL.below(0), FOOT_SIZE).getFirst();
                typesetter.draw(footer, line, FOOT_SIZE, LEFT, 40);
            }
        }
        return pages;
    }

    private void set(String text, Style style, Color bar, PDPageDestination target) throws IOException {
        if (text.isBlank()) {
            return;
        }
        y -= style.spaceAbove();
        for (Line line : lines(text.strip(), style, style.size())) {
            if (y - style.leading() < BOTTOM) {
                newPage();
            }
            float top = y;
            y -= style.leading();
            float baseline = y + style.leading() - style.size();
            if (bar != null) {
                content.setNonStrokingColor(bar);
                content.addRect(LEFT + style.indent() - 10, y, 4, top - y);
                content.fill();
            }
            content.setNonStrokingColor(style.colour());
            typesetter.draw(content, line, style.size(), LEFT + style.indent(), baseline);
            if (target != null) {
                addLink(line, style, top, target);
            }
        }
    }

    private List<Line> lines(String text, Style style, float size) {
        List<Line> lines = new ArrayList<>();
        int start = 0;
        for (String part : text.split("\\R", -1)) {
            start = text.indexOf(part, start);
            lines.addAll(typesetter.lines(
                    text, new Span(start, start + part.length()), style.face(), size, WIDTH - style.indent()));
            start += part.length();
        }
        return lines;
    }

    private void addLink(Line line, Style style, float top, PDPageDestination target) throws IOException {
        float left = Float.POSITIVE_INFINITY;
        float right = 0;
        for (Typesetter.Run run : line.runs()) {
            for (float edge : run.edges()) {
                left = Math.min(left, edge);
                right = Math.max(right, edge);
            }
        }
        PDAnnotationLink link = new PDAnnotationLink();
        link.setRectangle(new PDRectangle(LEFT + style.indent() + left, y, right - left, top - y));
        PDBorderStyleDictionary none = new PDBorderStyleDictionary();
        none.setWidth(0);
        link.setBorderStyle(none);
        PDActionGoTo goTo = new PDActionGoTo();
        goTo.setDestination(target);
        link.setAction(goTo);
        PDPage page = pages.getLast();
        List<PDAnnotation> annotations = page.getAnnotations();
        annotations.add(link);
        page.setAnnotations(annotations);
    }

    private void newPage() throws IOException {
        if (content != null) {
            content.close();
        }
        PDPage page = new PDPage(PAPER);
        pages.add(page);
        content = new PDPageContentStream(pdf, page);
        y = TOP;
    }
}
