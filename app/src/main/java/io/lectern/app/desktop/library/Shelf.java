package io.lectern.app.desktop.library;

import io.lectern.ingest.Progress;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.IngestSummary;
import io.lectern.ingest.matter.LibraryEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The files of a matter, and what is remembered about them. All methods block. */
public interface Shelf {

    /** The files. */
    List<LibraryEntry> entries();

    /** Takes in files and folders, reading what is new or changed. */
    IngestSummary ingest(List<Path> paths, Progress progress);

    /** The documents chosen for the model to read. */
    Set<DocumentId> chosen();

    /** Remembers which documents are chosen. */
    void choose(Set<DocumentId> ids);

    /** How many tokens of the engine's model the documents are, as far as they were counted. */
    Map<DocumentId, Integer> tokenCounts();

    /** Counts the tokens of a document and remembers the number. */
    int countTokens(LibraryEntry entry);
}
