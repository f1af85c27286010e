package io.lectern.ingest.matter;

import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Span;
import java.util.List;

/**
 * A document that has all the words looked for.
 *
 * @param documentId which
 * @param spans where they stand in the document's text, ascending; at most {@link #MAXIMUM_SPANS}
 */
public record SearchHit(DocumentId documentId, List<Span> spans) {
    /** More places than anyone steps through; a document with so many is found all the same. */
    public static final int MAXIMUM_SPANS = 1_000;

    public SearchHit {
        spans = List.copyOf(spans);
    }
}
