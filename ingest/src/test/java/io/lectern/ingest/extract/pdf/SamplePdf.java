package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.extract.SourceFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.pdfbox.pdmodel.graphics.image.LosslessFactory;
import org.apache.pdfbox.pdmodel.graphics.image.PDImageXObject;

/** PDFs for tests: those among the resources, and small ones made on the spot. */
final class SamplePdf implements AutoCloseable {
    static final PDFont HELVETICA = new PDType1Font(Standard14Fonts.FontName.HELVETICA);

    final PDDocument pdf = new PDDocument();

    /** What a page is drawn with. */
    interface Drawing {
        void on(PDPageContentStream page) throws IOException;
    }

    SamplePdf page(Drawing drawing) throws IOException {
        PDPage page = new PDPage();
        pdf.addPage(page);
        try (PDPageContentStream content = new PDPageContentStream(pdf, page)) {
            content.setFont(HELVETICA, 12);
            drawing.on(content);
        }
        return this;
    }

    PDImageXObject picture() throws IOException {
        return LosslessFactory.createFromImage(pdf, new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB));
    }

    Document read(Path folder) throws IOException {
        Path file = folder.resolve("made.pdf");
        pdf.save(file.toFile());
        return new PdfExtractor().extract(SourceFile.of(file));
    }

    @Override
    public void close() throws IOException {
        pdf.close();
    }

    /** Writes a line with its baseline's left end at (x, y), from the bottom left of the page. */
    static void write(PDPageContentStream page, float x, float y, String text) throws IOException {
        page.beginText();
        page.newLineAtOffset(x, y);
        page.showText(text);
        page.endText();
    }

    static Path resource(String name) {
        try {
            return Path.of(SamplePdf.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Document readResource(String name) throws IOException {
        return new PdfExtractor().extract(SourceFile.of(resource(name)));
    }
}
