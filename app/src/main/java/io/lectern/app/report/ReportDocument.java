package io.lectern.app.report;

import io.lectern.app.analysis.Citation;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;

/**
 * A document that a report is about.
 *
 * @param name its name in the library, for people
 * @param document as it was read for the answers
 */
public record ReportDocument(String name, Document document) {

    public DocumentId id() {
        return document.id();
    }

    /** Length of the text in Unicode code points. */
    int characters() {
        return document.text().codePointCount(0, document.text().length());
    }

    /** Whether the citation shows words of this document. */
    boolean isCitedBy(Citation citation) {
        return citation.isShown() && citation.passage().documentId().equals(id());
    }
}
