package io.lectern.app.analysis;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.lectern.ingest.document.DocumentId;
import java.util.List;

/**
 * What the model read for an answer, and what it did not and why: the proof behind "not found in what was read".
 *
 * @param documents every document of the matter, in the order of the prompt, those left out last
 * @param window tokens that the model's context can hold
 */
public record Coverage(List<Entry> documents, int window) {

    /**
     * One document.
     *
     * @param pages its pages; 0 for formats without fixed pages
     * @param characters of its prompt view
     * @param tokens it took in the prompt; 0 if not read
     * @param read whether all of its prompt view was in the context
     * @param reason why not; empty if read
     */
    public record Entry(
            DocumentId documentId,
            String documentName,
            int pages,
            int characters,
            int tokens,
            boolean read,
            String reason) {}

    public Coverage {
        documents = List.copyOf(documents);
    }

    /** Tokens of all documents that were read. */
    @JsonIgnore
    public int tokensRead() {
        return documents.stream().filter(Entry::read).mapToInt(Entry::tokens).sum();
    }

    @JsonIgnore
    public long documentsRead() {
        return documents.stream().filter(Entry::read).count();
    }

    /**
     * A line for people: "3 of 4 documents, 12 pages, 8,120 tokens"; pages only where there are any, for most formats have
     * none.
     */
    @JsonIgnore
    public String summary() {
        int pages =
                documents.stream().filter(Entry::read).mapToInt(Entry::pages).sum();
        String ofPages = switch (pages) {
            case 0 -> "";
            case 1 -> "1 page, ";
            default -> "%,d pages, ".formatted(pages);
        };
        return "%,d of %,d %s, %s%,d tokens"
                .formatted(
                        documentsRead(),
                        documents.size(),
                        documents.size() == 1 ? "document" : "documents",
                        ofPages,
                        tokensRead());
    }
}
