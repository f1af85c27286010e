package io.lectern.ingest.extract;

import io.lectern.ingest.document.Document;
import java.io.IOException;

/** Reads files of one family. Implementations keep no state between files and may be used by several threads. */
@FunctionalInterface
public interface Extractor {

    /**
     * Reads a file whose content was recognised as this extractor's.
     *
     * <p>What is wrong with the content (a password, damage, missing parts) comes back as findings of the document. An
     * exception is for what was not foreseen; {@link DocumentReader} turns any of them into a finding.
     *
     * @throws IOException if the file itself cannot be read, or its content makes no sense at all
     */
    Document extract(SourceFile file) throws IOException;
}
