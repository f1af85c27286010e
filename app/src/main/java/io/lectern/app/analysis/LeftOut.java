package io.lectern.app.analysis;

import io.lectern.ingest.document.DocumentId;

/**
 * A document of the matter that a reading leaves out.
 *
 * @param documentId which
 * @param documentName its name in the library
 * @param pages its pages; 0 for formats without fixed pages
 * @param reason why, in words for the user: "not selected", "no text could be read: it is a scan"
 */
public record LeftOut(DocumentId documentId, String documentName, int pages, String reason) {}
