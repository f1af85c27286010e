package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Box;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.rendering.RenderDestination;

/**
 * The pages of a PDF as pictures, in the geometry of {@link Box}: what has its box at (x, y) is drawn at (x · scale,
 * y · scale).
 *
 * <p>May be used by several threads; they draw one after another, for a PDF can be read by one only. Drawing takes from
 * milliseconds to seconds, so never on a thread that paints windows.
 */
public final class PdfPages implements AutoCloseable {
    /** A picture of more pixels (400 MB) is refused. */
    private static final double MOST_PIXELS = 100e6;

    private final PDDocument document;
    private final PDFRenderer renderer;
    private final List<Size> sizes;

    /** The size of a displayed page, cropped and turned, in points. */
    public record Size(float width, float height) {}

    private PdfPages(PDDocument document) {
        this.document = document;
        renderer = new PDFRenderer(document);
        renderer.setSubsamplingAllowed(true);
        sizes = new ArrayList<>();
        for (PDPage page : document.getPages()) {
            PageGeometry geometry = PageGeometry.of(page);
            sizes.add(new Size(geometry.width(), geometry.height()));
        }
    }

    /**
     * Opens a file for drawing.
     *
     * @throws IOException if it cannot be opened: not there, not a PDF, damaged, or protected with a password
     */
    public static PdfPages open(Path file) throws IOException {
        PDDocument document = PdfFiles.open(file);
        try {
            return new PdfPages(document);
        } catch (RuntimeException e) {
            document.close();
            throw new IOException("The list of pages is damaged", e);
        }
    }

    /** The number of pages. */
    public int count() {
        return sizes.size();
    }

    /**
     * The size of a page as displayed.
     *
     * @param page counted from 1
     */
    public Size size(int page) {
        return sizes.get(page - 1);
    }

    /**
     * Draws a page on white.
     *
     * @param page counted from 1
     * @param scale pixels a point: 1 for 72 dpi
     * @return a picture without transparency, of the page's size times {@code scale}
     * @throws IOException if the page is damaged so that it cannot be drawn
     * @throws IllegalArgumentException if the picture would have more than a hundred million pixels
     */
    public BufferedImage render(int page, float scale) throws IOException {
        Size size = size(page);
        if ((double) size.width() * scale * size.height() * scale > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "page " + page + " is too big to be drawn at " + scale + " pixels a point");
        }
        synchronized (document) {
            try {
                return renderer.renderImage(page - 1, scale, ImageType.RGB, RenderDestination.VIEW);
            } catch (RuntimeException | StackOverflowError e) {
                throw new IOException("Page " + page + " is damaged and cannot be drawn", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (document) {
            document.close();
        }
    }
}
