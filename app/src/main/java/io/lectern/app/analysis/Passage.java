package io.lectern.app.analysis;

import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;

/**
 * A stretch of a source with its address.
 *
 * @param documentId which document
 * @param documentName its name in the library, for people
 * @param span where it stands in the document's text, in UTF-16 code units
 * @param text the source's own words: exactly that span of the document's text
 * @param locator where it stands in the source
 */
public record Passage(DocumentId documentId, String documentName, Span span, String text, Locator locator) {}
