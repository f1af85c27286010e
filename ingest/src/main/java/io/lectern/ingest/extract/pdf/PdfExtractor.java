package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.extract.Extractor;
import io.lectern.ingest.extract.SourceFile;
import io.lectern.ingest.extract.pdf.DocumentAssembler.Assembled;
import io.lectern.ingest.extract.pdf.DocumentAssembler.PageText;
import io.lectern.ingest.extract.pdf.PageReader.PageContent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;

/**
 * Reads PDF files: the text in the order of their content with the place of every character, running headers and footers,
 * line-end hyphens and hidden text as typed spans, and a finding for whatever could not be read. Pages are read one at a
 * time and let go, so a long file takes little more memory than its text and the places of its letters.
 */
public final class PdfExtractor implements Extractor {

    @Override
    public Document extract(SourceFile file) throws IOException {
        PdfFindings findings = new PdfFindings(file.name());
        try (PDDocument pdf = PdfFiles.open(file.path())) {
            List<PageText> pages = readPages(pdf, findings);
            if (!StreamCheck.endsProperly(file.path())) {
                findings.cutShort(pages.size());
            }
            findings.ofPartsNotRead(pdf);
            if (pages.isEmpty()) {
                return unreadable(file, findings.damagedBeyondRepair());
            }
            Assembled assembled = DocumentAssembler.assemble(pages);
            findings.ofHiddenText(assembled.typedSpans());
            return new Document(
                    file.id(),
                    DocumentFormat.PDF,
                    assembled.text(),
                    assembled.pages(),
                    assembled.layout(),
                    assembled.typedSpans(),
                    findings.all());
        } catch (InvalidPasswordException e) {
            return unreadable(file, findings.passwordProtected());
        } catch (NoClassDefFoundError e) {
            // PDFBox opens files encrypted for certificates with a library that Lectern does not bring.
            return unreadable(file, findings.certificateProtected());
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return unreadable(file, findings.damagedBeyondRepair());
        }
    }

    private static Document unreadable(SourceFile file, List<Finding> findings) {
        return Document.unreadable(file.id(), DocumentFormat.PDF, findings);
    }

    private static List<PageText> readPages(PDDocument pdf, PdfFindings findings) {
        PageReader reader = new PageReader();
        StreamCheck streams = new StreamCheck();
        List<PageText> pages = new ArrayList<>();
        Iterator<PDPage> iterator = pdf.getPages().iterator();
        while (true) {
            try {
                if (!iterator.hasNext()) {
                    break;
                }
                PDPage page = iterator.next();
                PageContent content = reader.read(page);
                List<TextLine> lines = LineBuilder.lines(content.glyphs());
                pages.add(new PageText(content.geometry(), lines));
                findings.ofPage(pages.size(), content, lines, damage(streams, page));
            } catch (IllegalStateException e) {
                findings.ofPageList();
                break;
            }
        }
        findings.ofPages(pages.size(), pdf.getNumberOfPages());
        return pages;
    }

    private static StreamCheck.Damage damage(StreamCheck streams, PDPage page) {
        try {
            return streams.damageOf(page);
        } catch (IOException | RuntimeException e) {
            return StreamCheck.Damage.UNKNOWN;
        }
    }
}
