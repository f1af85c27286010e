package io.lectern.app.analysis;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.matter.LibraryEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What of a library the model reads, and what it does not and why. A document that lies under two names is read once.
 *
 * @param chosen entries with text, in the order of the library
 * @param leftOut the other documents
 */
public record Selection(List<LibraryEntry> chosen, List<LeftOut> leftOut) {
    public Selection {
        chosen = List.copyOf(chosen);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Sorts a library's entries.
     *
     * @param isChosen whether the user wants an entry read
     */
    public static Selection of(List<LibraryEntry> entries, Predicate<LibraryEntry> isChosen) {
        Map<DocumentId, LibraryEntry> chosen = new LinkedHashMap<>();
        Map<DocumentId, LeftOut> leftOut = new LinkedHashMap<>();
        for (LibraryEntry entry : entries) {
            DocumentId id = entry.documentId();
            if (id == null || chosen.containsKey(id)) {
                continue;
            }
            if (entry.isUsable() && isChosen.test(entry)) {
                chosen.put(id, entry);
                leftOut.remove(id);
            } else {
                leftOut.putIfAbsent(id, new LeftOut(id, entry.name(), entry.pages(), whyNot(entry)));
            }
        }
        return new Selection(List.copyOf(chosen.values()), List.copyOf(leftOut.values()));
    }

    /** The chosen documents with the names that people know them by. */
    public List<NamedDocument> load(Function<DocumentId, Document> documents) {
        return chosen.stream()
                .map(entry -> new NamedDocument(entry.name(), documents.apply(entry.documentId())))
                .toList();
    }

    private static String whyNot(LibraryEntry entry) {
        if (entry.isUsable()) {
            return "not selected";
        }
        return entry.findings().stream()
                .filter(finding -> finding.severity() != Finding.Severity.NOTE)
                .map(Finding::message)
                .findFirst()
                .orElse("it has no text");
    }
}
