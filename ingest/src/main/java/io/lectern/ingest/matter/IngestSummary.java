package io.lectern.ingest.matter;

import java.util.List;

/**
 * What came of ingesting paths.
 *
 * @param files one entry a file, in the order in which they finished
 * @param cancelled whether it was called off before all was read; what had finished is kept
 * @param seconds how long it took
 */
public record IngestSummary(List<FileResult> files, boolean cancelled, double seconds) {
    public IngestSummary {
        files = List.copyOf(files);
    }

    /** How many files had this outcome. */
    public int count(FileResult.Outcome outcome) {
        return (int) files.stream().filter(file -> file.outcome() == outcome).count();
    }
}
