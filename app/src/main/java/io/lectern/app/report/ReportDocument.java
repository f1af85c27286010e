package io.lectern.app.report;

import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Passage;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.TypedSpan;

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

    /**
     * A passage of this document for people: as it stands, but without the line ends that only the page's width made, and with
     * one blank line for many. Words and their order are untouched.
     */
    String readable(Passage passage) {
        if (document.format() == DocumentFormat.CODE) {
            return passage.text();
        }
        StringBuilder words = new StringBuilder();
        int at = passage.span().start();
        for (TypedSpan typed : document.typedSpans()) {
            boolean hyphen = typed.type() == TypedSpan.Type.LINE_END_HYPHEN
                    && typed.span().start() >= at
                    && typed.span().end() <= passage.span().end();
            if (hyphen) {
                words.append(document.text(), at, typed.span().start());
                at = typed.span().end();
            }
        }
        words.append(document.text(), at, passage.span().end());
        String shown = words.toString().strip().replaceAll("[ \\t]*\\R\\s*?\\R\\s*", "\n\n");
        boolean brokenByThePage = document.format() == DocumentFormat.PDF;
        return brokenByThePage ? shown.replaceAll("(?<!\\n)[ \\t]*\\R(?!\\n)", " ") : shown;
    }

    /** Whether the citation shows words of this document. */
    boolean isCitedBy(Citation citation) {
        return citation.isShown() && citation.passage().documentId().equals(id());
    }
}
