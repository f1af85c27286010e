package io.lectern.app.report;

import io.lectern.ingest.document.DocumentId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes a report in the format that the name of its target asks for. */
public final class ReportExport {
    /** Name of the JSON report in a folder. */
    public static final String JSON_NAME = "report.json";
    /** Name of the HTML report in a folder. */
    public static final String HTML_NAME = "report.html";
    /** File systems allow 255 bytes a name; the rest is for the ending and a number. */
    private static final int LONGEST_STEM = 220;

    /**
     * What was written.
     *
     * @param files in the order written
     * @param notes what a person should know: a source that could not be annotated in place, and why
     */
    public record Exported(List<Path> files, List<String> notes) {
        public Exported {
            files = List.copyOf(files);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Writes a report. A name ending in .pdf, .html or .json becomes that one file (.pdf binds the index and every cited
     * document); any other name without an extension, and any existing folder, becomes a folder with one annotated PDF for
     * each cited document, report.html and report.json. Each file is written whole or not at all; a source is never
     * overwritten.
     *
     * @param sources where the files of the documents are; a cited document that is missing here or was changed is shown
     *     as a page view of its text
     * @throws ReportException if the target is a source or cannot be written
     * @throws IllegalArgumentException if it has an extension that no writer knows
     */
    public Exported export(ReportModel model, Map<DocumentId, Path> sources, Path out) {
        Target target = Target.of(out);
        Writing writing = new Writing(model, sources);
        switch (target) {
            case FOLDER -> writing.folder(out);
            case JSON -> writing.json(out);
            case HTML -> writing.html(out);
            case PDF -> writing.bound(out);
        }
        return new Exported(writing.files, writing.notes);
    }

    /** What a report becomes, by the name of where it goes. */
    public enum Target {
        FOLDER,
        JSON,
        HTML,
        PDF;

        /**
         * What is written at {@code out}.
         *
         * @throws IllegalArgumentException if its name has an extension that no writer knows, with a message for people
         */
        public static Target of(Path out) {
            String name = out.getFileName() == null ? "" : out.getFileName().toString();
            String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            if (Files.isDirectory(out) || !name.contains(".")) {
                return FOLDER;
            }
            return switch (extension) {
                case "json" -> JSON;
                case "html", "htm" -> HTML;
                case "pdf" -> PDF;
                default ->
                    throw new IllegalArgumentException("no report can be written as ." + extension
                            + ": name a folder, or a file ending in .pdf, .html or .json");
            };
        }
    }

    /** One export under way. */
    private static final class Writing {
        private final ReportModel model;
        private final Map<DocumentId, Path> sources;
        private final PdfReport pdfs;
        private final List<Path> files = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Writing(ReportModel model, Map<DocumentId, Path> sources) {
            this.model = model;
            this.sources = Map.copyOf(sources);
            this.pdfs = new PdfReport(model, this.sources, notes);
        }

        void folder(Path folder) {
            Set<String> taken = new HashSet<>();
            for (ReportDocument document : model.citedDocuments()) {
                write(folder.resolve(copyName(document.name(), taken)), out -> pdfs.writeCopy(document, out));
            }
            html(folder.resolve(HTML_NAME));
            json(folder.resolve(JSON_NAME));
        }

        void json(Path file) {
            write(file, out -> out.write(JsonReport.write(model)));
        }

        void html(Path file) {
            write(file, out -> out.write(HtmlReport.write(model)));
        }

        void bound(Path file) {
            write(file, pdfs::writeBound);
        }

        /** A name for a document's annotated copy that no other copy has, safe on every file system. */
        private static String copyName(String documentName, Set<String> taken) {
            String last = documentName.substring(documentName.replace('\\', '/').lastIndexOf('/') + 1);
            String stem =
                    last.replaceAll("[\\p{Cntrl}\\p{Cf}<>:\"/\\\\|?*]", "_").replaceFirst("(?i)(?<=.)\\.pdf$", "");
            while (stem.getBytes(StandardCharsets.UTF_8).length > LONGEST_STEM) {
                stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
            }
            for (int i = 1; ; i++) {
                String name = stem + (i == 1 ? "" : " (" + i + ")") + ".annotated.pdf";
                if (taken.add(name.toLowerCase(Locale.ROOT))) {
                    return name;
                }
            }
        }

        private void write(Path file, AtomicFile.Content content) {
            refuseSource(file);
            AtomicFile.write(file, content);
            files.add(file);
        }

        private void refuseSource(Path target) {
            for (Path source : sources.values()) {
                if (isSameFile(source, target)) {
                    throw new ReportException(
                            target + " is one of the sources and is not overwritten: choose another name");
                }
            }
        }

        private static boolean isSameFile(Path source, Path target) {
            try {
                return Files.exists(source) && Files.exists(target) && Files.isSameFile(source, target);
            } catch (IOException e) {
                throw new ReportException("cannot compare " + target + " with the sources (" + e.getMessage() + ")", e);
            }
        }
    }
}
