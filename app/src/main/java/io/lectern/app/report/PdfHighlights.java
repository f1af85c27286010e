package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.Locator;
import java.awt.Color;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.graphics.blend.BlendMode;
import org.apache.pdfbox.pdmodel.graphics.color.PDColor;
import org.apache.pdfbox.pdmodel.graphics.color.PDDeviceRGB;
import org.apache.pdfbox.pdmodel.graphics.state.PDExtendedGraphicsState;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotation;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationHighlight;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAppearanceDictionary;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAppearanceStream;

/**
 * Standard highlight annotations (ISO 32000-2, 12.5.6.10) on the quoted words, each with a note and with an appearance of
 * its own, so that every viewer shows the same.
 */
final class PdfHighlights {
    private static final String AUTHOR = "Lectern";

    private PdfHighlights() {}

    /**
     * A citation to be highlighted.
     *
     * @param answerNumber number of the answer in the report
     * @param place where the quoted words stand on the pages that are annotated
     */
    record Mark(int answerNumber, Answer answer, Citation citation, Locator.Pages place) {

        /** "Question 2, passage 1". */
        String title() {
            return "Question " + answerNumber + ", passage " + citation.number();
        }
    }

    /** The colour of a highlight: it tells the support; the words of every highlight stand where it lies. */
    static Color colour(Support support) {
        return switch (support) {
            case YES -> new Color(0xb5, 0xe8, 0xc0);
            case WEAK -> new Color(0xff, 0xdf, 0x8c);
            case UNCHECKED -> new Color(0xbc, 0xdc, 0xfa);
        };
    }

    /**
     * Adds the highlights to pages of a PDF.
     *
     * @param firstPage index of the page that a locator calls page 1
     */
    static void add(PDDocument pdf, int firstPage, List<Mark> marks, Instant madeAt) throws IOException {
        for (Mark mark : marks) {
            for (Locator.PageArea area : mark.place().areas()) {
                PDPage page = pdf.getPage(firstPage + area.page() - 1);
                List<PDAnnotation> annotations = page.getAnnotations();
                annotations.add(highlight(pdf, page, area, mark, madeAt));
                page.setAnnotations(annotations);
            }
        }
    }

    private static PDAnnotationHighlight highlight(
            PDDocument pdf, PDPage page, Locator.PageArea area, Mark mark, Instant madeAt) throws IOException {
        float[][] quads = area.boxes().stream().map(box -> quad(page, box)).toArray(float[][]::new);
        float[] points = new float[8 * quads.length];
        for (int i = 0; i < quads.length; i++) {
            System.arraycopy(quads[i], 0, points, 8 * i, 8);
        }
        GregorianCalendar date = GregorianCalendar.from(ZonedDateTime.ofInstant(madeAt, ZoneOffset.UTC));
        PDAnnotationHighlight highlight = new PDAnnotationHighlight();
        highlight.setQuadPoints(points);
        highlight.setRectangle(bounds(points));
        highlight.setPage(page);
        highlight.setPrinted(true);
        highlight.setColor(new PDColor(rgb(mark.citation().support()), PDDeviceRGB.INSTANCE));
        highlight.setTitlePopup(AUTHOR);
        highlight.setSubject(mark.title());
        highlight.setContents(note(mark));
        highlight.setCreationDate(date);
        highlight.setModifiedDate(date);
        highlight.setAnnotationName("lectern-%d-%d-%d"
                .formatted(mark.answerNumber(), mark.citation().number(), area.page()));
        PDAppearanceDictionary appearances = new PDAppearanceDictionary();
        appearances.setNormalAppearance(appearance(pdf, quads, mark.citation(), highlight.getRectangle()));
        highlight.setAppearance(appearances);
        return highlight;
    }

    /** The corners of a box, as displayed from top left, top right, bottom left to bottom right, in the page's own space. */
    private static float[] quad(PDPage page, Box box) {
        float right = box.x() + box.width();
        float bottom = box.y() + box.height();
        float[][] corners = {
            toUserSpace(page, box.x(), box.y()),
            toUserSpace(page, right, box.y()),
            toUserSpace(page, box.x(), bottom),
            toUserSpace(page, right, bottom)
        };
        float[] quad = new float[8];
        for (int i = 0; i < corners.length; i++) {
            quad[2 * i] = corners[i][0];
            quad[2 * i + 1] = corners[i][1];
        }
        return quad;
    }

    /** A point on the displayed page (from its top left, y down) in the space of the page's content (from below, y up). */
    static float[] toUserSpace(PDPage page, float x, float y) {
        PDRectangle crop = page.getCropBox();
        return switch (page.getRotation()) {
            case 90 -> new float[] {crop.getLowerLeftX() + y, crop.getLowerLeftY() + x};
            case 180 -> new float[] {crop.getUpperRightX() - x, crop.getLowerLeftY() + y};
            case 270 -> new float[] {crop.getUpperRightX() - y, crop.getUpperRightY() - x};
            default -> new float[] {crop.getLowerLeftX() + x, crop.getUpperRightY() - y};
        };
    }

    private static PDRectangle bounds(float[] points) {
        float left = Float.POSITIVE_INFINITY;
        float bottom = Float.POSITIVE_INFINITY;
        float right = Float.NEGATIVE_INFINITY;
        float top = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < points.length; i += 2) {
            left = Math.min(left, points[i]);
            right = Math.max(right, points[i]);
            bottom = Math.min(bottom, points[i + 1]);
            top = Math.max(top, points[i + 1]);
        }
        return new PDRectangle(left - 1, bottom - 1, right - left + 2, top - bottom + 2);
    }

    /** Filled quadrilaterals, multiplied with the page so that the words stay crisp; a repaired quotation is outlined too. */
    private static PDAppearanceStream appearance(PDDocument pdf, float[][] quads, Citation citation, PDRectangle bounds)
            throws IOException {
        PDAppearanceStream appearance = new PDAppearanceStream(pdf);
        appearance.setBBox(bounds);
        appearance.setResources(new PDResources());
        PDExtendedGraphicsState multiply = new PDExtendedGraphicsState();
        multiply.setBlendMode(BlendMode.MULTIPLY);
        try (PDPageContentStream content = new PDPageContentStream(pdf, appearance)) {
            content.setGraphicsStateParameters(multiply);
            content.setNonStrokingColor(colour(citation.support()));
            for (float[] quad : quads) {
                outline(content, quad);
                content.fill();
            }
            if (citation.verbatim() == Verbatim.REPAIRED) {
                content.setStrokingColor(new Color(0x7a, 0x4b, 0x00));
                content.setLineWidth(0.6f);
                content.setLineDashPattern(new float[] {3, 2}, 0);
                for (float[] quad : quads) {
                    outline(content, quad);
                    content.stroke();
                }
            }
        }
        return appearance;
    }

    private static void outline(PDPageContentStream content, float[] quad) throws IOException {
        content.moveTo(quad[0], quad[1]);
        content.lineTo(quad[2], quad[3]);
        content.lineTo(quad[6], quad[7]);
        content.lineTo(quad[4], quad[5]);
        content.closePath();
    }

    private static float[] rgb(Support support) {
        return colour(support).getRGBColorComponents(null);
    }

    private static String note(Mark mark) {
        Citation citation = mark.citation();
        return "Question %d: %s\n\nAnswer (%s): %s\n\nCited for: %s\n\nWords: %s. %s\nSupport: %s. %s"
                .formatted(
                        mark.answerNumber(),
                        mark.answer().question(),
                        ReportWords.label(mark.answer().outcome()).toLowerCase(Locale.ROOT),
                        mark.answer().text().strip(),
                        citation.claim(),
                        ReportWords.label(citation.verbatim()),
                        ReportWords.explanation(citation.verbatim()),
                        ReportWords.label(citation.support()),
                        ReportWords.explanation(citation.support()));
    }
}
