package io.lectern.app.report;

import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.PassagePieces;
import io.lectern.app.analysis.PassagePieces.Piece;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
     * A passage of this document for people: as it stands, but without the line ends that only the page's width made, with one
     * blank line for many, and with what is deleted or hidden told apart. Words and their order are untouched.
     */
    List<Piece> readable(Passage passage) {
        List<Piece> pieces = PassagePieces.of(passage, document.typedSpans());
        if (document.format() == DocumentFormat.CODE) {
            return pieces;
        }
        List<Piece> readable = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            String words = pieces.get(i).text();
            words = i == 0 ? words.stripLeading() : words;
            words = i == pieces.size() - 1 ? words.stripTrailing() : words;
            words = words.replaceAll("[ \\t]*\\R\\s*?\\R\\s*", "\n\n");
            boolean brokenByThePage = document.format() == DocumentFormat.PDF;
            words = brokenByThePage ? words.replaceAll("(?<!\\n)[ \\t]*\\R(?!\\n)", " ") : words;
            readable.add(new Piece(words, pieces.get(i).kind()));
        }
        return readable;
    }

    /** The same where there is only text to show it: what is deleted or hidden stands in brackets that say so. */
    String readableText(Passage passage) {
        return readable(passage).stream().map(PassagePieces::labelled).collect(Collectors.joining());
    }

    /** Whether the citation shows words of this document. */
    boolean isCitedBy(Citation citation) {
        return citation.isShown() && citation.passage().documentId().equals(id());
    }
}
