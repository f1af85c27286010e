package io.lectern.ingest.document;

import java.util.List;

/**
 * A document that has been read: its text with every extracted character in reading order, the addresses of the text in
 * the source, and what a person should know about the reading. A file that could not be read is a document too, with an
 * empty text and the findings that say why.
 *
 * @param id identity by content
 * @param format what the file is
 * @param text every extracted character, in reading order; all offsets count its UTF-16 code units
 * @param pages the pages in order; empty for formats without fixed pages
 * @param layout leads from spans of the text to places in the source
 * @param typedSpans what is not ordinary running text, ordered by start
 * @param findings what a person should know
 */
public record Document(
        DocumentId id,
        DocumentFormat format,
        String text,
        List<Page> pages,
        Layout layout,
        List<TypedSpan> typedSpans,
        List<Finding> findings) {

    public Document {
        pages = List.copyOf(pages);
        typedSpans = List.copyOf(typedSpans);
        findings = List.copyOf(findings);
    }

    /** A document of which nothing could be read. */
    public static Document unreadable(DocumentId id, DocumentFormat format, List<Finding> findings) {
        return new Document(id, format, "", List.of(), LineLayout.of(""), List.of(), findings);
    }

    /** The same document with other findings. */
    public Document withFindings(List<Finding> others) {
        return new Document(id, format, text, pages, layout, typedSpans, others);
    }

    /** Whether there is any text to work with. */
    public boolean isReadable() {
        return !text.isBlank();
    }

    /** Where a non-empty span of the text stands in the source. */
    public Locator locate(Span span) {
        return layout.locate(span);
    }
}
