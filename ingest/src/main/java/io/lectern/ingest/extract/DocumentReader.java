package io.lectern.ingest.extract;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.extract.code.CodeExtractor;
import io.lectern.ingest.extract.office.DocxExtractor;
import io.lectern.ingest.extract.pdf.PdfExtractor;
import io.lectern.ingest.extract.text.TextExtractor;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The front door of ingest: any file in, a document out. What the file is, is decided by its content. Whatever is wrong
 * with it becomes a finding of the document, so that one bad file never stops a batch.
 */
public final class DocumentReader {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentReader.class);

    /**
     * Which reading of a file this program gives. Raised by whoever changes an extractor, or adds one, so that some file gives
     * another text, layout or typed spans than before: matters then read their files again (docs/decisions/0043).
     */
    public static final int VERSION = 1;

    private final Map<DocumentFormat, Extractor> extractors;

    /** A reader of every format that Lectern knows. */
    public DocumentReader() {
        this(standardExtractors());
    }

    DocumentReader(Map<DocumentFormat, Extractor> extractors) {
        this.extractors = new EnumMap<>(extractors);
    }

    private static Map<DocumentFormat, Extractor> standardExtractors() {
        TextExtractor text = new TextExtractor();
        return Map.of(
                DocumentFormat.PDF, new PdfExtractor(),
                DocumentFormat.DOCX, new DocxExtractor(),
                DocumentFormat.MARKDOWN, text,
                DocumentFormat.TEXT, text,
                DocumentFormat.CODE, new CodeExtractor());
    }

    /**
     * Reads a file. Never throws for anything in or about the file: a file that is missing, may not be read, is damaged or
     * is of an unknown kind gives a document with an empty text and findings that say so.
     */
    public Document read(Path file) {
        try {
            Stamp before = Stamp.of(file);
            if (!Files.isRegularFile(file)) {
                // Opening a pipe or a device might never return.
                return unreadable(
                        SourceFile.withoutContent(file),
                        Kind.UNREADABLE,
                        Files.isDirectory(file) ? "is a folder, not a file" : "is a device or a pipe, not a file",
                        "Choose a file.");
            }
            SourceFile source = SourceFile.of(file);
            Document document = read(source);
            if (before.equals(Stamp.of(file))) {
                return document;
            }
            return unreadable(
                    source,
                    Kind.UNREADABLE,
                    "is being changed by another program while it is read",
                    "Close it in the other program and add it again.");
        } catch (NoSuchFileException e) {
            return unreadable(
                    SourceFile.withoutContent(file),
                    Kind.UNREADABLE,
                    "does not exist any more",
                    "Look whether it was moved or renamed.");
        } catch (AccessDeniedException e) {
            return unreadable(
                    SourceFile.withoutContent(file),
                    Kind.UNREADABLE,
                    "may not be opened by you (permission denied)",
                    "Ask its owner for the permission, or leave it out.");
        } catch (IOException | SecurityException e) {
            return unreadable(
                    SourceFile.withoutContent(file),
                    Kind.UNREADABLE,
                    "cannot be read (" + e.getClass().getSimpleName() + ")",
                    "Check that you may open it and that its drive is connected.");
        }
    }

    private Document read(SourceFile source) throws IOException {
        FileKind kind = ContentSniffer.sniff(source.path());
        Document document = dispatch(source, kind);
        Optional<Finding> mislabelled = mislabelled(source, kind);
        if (mislabelled.isEmpty()) {
            return document;
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(mislabelled.get());
        findings.addAll(document.findings());
        return document.withFindings(findings);
    }

    /**
     * Whether a file's name says something else than its content: the one finding that hangs on the name, so that another
     * file of the same content may not have it. It is among those of {@link #read} too.
     *
     * @throws IOException if the file cannot be read
     */
    public Optional<Finding> mislabelled(SourceFile source) throws IOException {
        return mislabelled(source, ContentSniffer.sniff(source.path()));
    }

    private static Optional<Finding> mislabelled(SourceFile source, FileKind kind) {
        return kind.contradicts(source.extension())
                ? Optional.of(Finding.ofFile(
                        Kind.MISLABELLED,
                        Severity.WARNING,
                        source.name() + " is named ." + source.extension() + " but really is " + kind.label() + ".",
                        "Make sure that it is the file you meant to add."))
                : Optional.empty();
    }

    private Document dispatch(SourceFile source, FileKind kind) throws IOException {
        Extractor extractor = extractors.get(formatOf(source, kind));
        if (kind == FileKind.EMPTY) {
            return unreadable(
                    source, Kind.EMPTY, "is empty (0 bytes)", "Get it again from where it came, or leave it out.");
        }
        if (kind == FileKind.ENCRYPTED_OFFICE) {
            return unreadable(source, Kind.ENCRYPTED, "is password-protected", kind.remedy());
        }
        if (extractor == null) {
            return unreadable(
                    source,
                    Kind.UNSUPPORTED,
                    "is " + kind.label() + ", which Lectern does not read yet",
                    kind.remedy());
        }
        try {
            return extractor.extract(source);
        } catch (OutOfMemoryError e) {
            return failed(source, kind, Kind.TOO_BIG, "needs more memory than there is to read it", e);
        } catch (StackOverflowError e) {
            return failed(source, kind, Kind.DAMAGED, "is nested too deeply to be read", e);
        } catch (Exception | VirtualMachineError e) {
            return failed(source, kind, Kind.DAMAGED, "is damaged and could not be read", e);
        }
    }

    /** Text is the one kind whose content does not say what it is for; there the name decides between text and code. */
    private static DocumentFormat formatOf(SourceFile source, FileKind kind) throws IOException {
        return kind == FileKind.TEXT ? TextFiles.formatByName(source) : kind.format();
    }

    private Document failed(SourceFile source, FileKind kind, Kind finding, String what, Throwable cause) {
        // The message of the cause may quote the document, so only its class is logged.
        LOG.warn(
                "{} ({}) failed: {}",
                source.id().abbreviated(),
                kind,
                cause.getClass().getName());
        return Document.unreadable(
                source.id(),
                kind.format(),
                List.of(Finding.ofFile(
                        finding,
                        Severity.ERROR,
                        source.name() + " " + what + ".",
                        "Open it in the program that made it, save a copy and add that, or leave it out.")));
    }

    private Document unreadable(SourceFile source, Kind kind, String what, String remedy) {
        return Document.unreadable(
                source.id(),
                DocumentFormat.UNSUPPORTED,
                List.of(Finding.ofFile(kind, Severity.ERROR, source.name() + " " + what + ".", remedy)));
    }

    /** What shows that a file was written to. */
    private record Stamp(long size, java.nio.file.attribute.FileTime modified) {
        static Stamp of(Path file) throws IOException {
            return new Stamp(Files.size(file), Files.getLastModifiedTime(file));
        }
    }
}
