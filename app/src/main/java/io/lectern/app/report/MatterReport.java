package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A report of answers given in a matter, with where its sources lie.
 *
 * @param model what the report says
 * @param sources the files of its documents
 */
public record MatterReport(ReportModel model, Map<DocumentId, Path> sources) {

    /**
     * Gathers a report over every document of a matter.
     *
     * @param title for the head of the report
     * @param version of the program that makes it
     * @param answers in the order asked
     */
    public static MatterReport of(Matter matter, String title, String version, List<Answer> answers) {
        Map<DocumentId, ReportDocument> documents = new LinkedHashMap<>();
        Map<DocumentId, Path> sources = new LinkedHashMap<>();
        for (LibraryEntry entry : matter.entries()) {
            DocumentId id = entry.documentId();
            if (id != null && !documents.containsKey(id)) {
                documents.put(id, new ReportDocument(entry.name(), matter.document(id)));
                sources.put(id, entry.path());
            }
        }
        ReportModel model = new ReportModel(title, Instant.now(), version, List.copyOf(documents.values()), answers);
        return new MatterReport(model, sources);
    }

    /** Writes it where and as {@code out} asks for, see {@link ReportExport#export}. */
    public ReportExport.Exported export(Path out) {
        return new ReportExport().export(model, sources, out);
    }
}
