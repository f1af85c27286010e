package io.lectern.ingest.matter;

import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A file of the library.
 *
 * @param sourceId identity of this path within the matter; stays when the file changes
 * @param path where the file lies, absolute
 * @param root the folder it was added with; for a file added by itself, the folder it lies in
 * @param name its path below the root, with {@code /} between names
 * @param documentId what is in it; null where nothing could be read at all (left out, or refused by the system)
 * @param format what the file really is
 * @param pages number of pages; 0 for formats without fixed pages
 * @param characters length of the document's text in UTF-16 code units
 * @param bytes size of the file when last looked at
 * @param modified when the file was last changed
 * @param status whether there is something to work with
 * @param findings of the file and of its document, a duplicate's one included
 */
public record LibraryEntry(
        long sourceId,
        Path path,
        Path root,
        String name,
        DocumentId documentId,
        DocumentFormat format,
        int pages,
        int characters,
        long bytes,
        Instant modified,
        Status status,
        List<Finding> findings) {

    /** Whether there is something to work with. */
    public enum Status {
        /** The document has text. */
        READY,
        /** The document has no text; the findings say why. */
        UNREADABLE,
        /** Not read, by choice; the findings say why. */
        LEFT_OUT,
        /** The file is gone from its folder. Its document, if it had one, is kept and can still be used. */
        MISSING
    }

    public LibraryEntry {
        findings = List.copyOf(findings);
    }

    /** Whether the model can read it: it has a document with text, wherever the file may be by now. */
    public boolean isUsable() {
        return documentId != null && characters > 0;
    }
}
