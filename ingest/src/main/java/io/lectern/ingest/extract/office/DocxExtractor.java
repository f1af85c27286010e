package io.lectern.ingest.extract.office;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import io.lectern.ingest.extract.Extractor;
import io.lectern.ingest.extract.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.poi.UnsupportedFileFormatException;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.openxml4j.exceptions.OpenXML4JRuntimeException;

/** Reads Word documents (.docx, .docm, .dotx, .dotm). Macros are never run, external parts never fetched. */
public final class DocxExtractor implements Extractor {
    private static final String SAVE_AGAIN = "Open it in Word or LibreOffice, save a repaired copy and add that.";

    @Override
    public Document extract(SourceFile file) throws IOException {
        List<Finding> findings = new ArrayList<>();
        try (WordPackage word = WordPackage.open(file.path())) {
            WordReader reader = new WordReader(word);
            WordText text = reader.read();
            Set<String> damaged = new LinkedHashSet<>(word.damagedParts());
            damaged.addAll(ZipIntegrity.damage(file.path()));
            List<TypedSpan> typedSpans = text.typedSpans();
            findings.addAll(damage(file, damaged, text));
            findings.addAll(revisionsAndHiddenText(file, typedSpans));
            findings.addAll(unread(file, word, reader.unread()));
            if (text.isBlankFrom(0)) {
                findings.add(empty(file, reader.unread()));
            }
            return new Document(
                    file.id(), DocumentFormat.DOCX, text.text(), List.of(), text.layout(), typedSpans, findings);
        } catch (WordPackage.TooBigException e) {
            return unreadable(
                    file,
                    Kind.TOO_BIG,
                    file.name() + " is too big to be read safely: " + e.getMessage() + ".",
                    "If you trust it, split it into several documents in Word and add those.");
        } catch (InvalidFormatException | OpenXML4JRuntimeException | UnsupportedFileFormatException e) {
            return unreadable(
                    file,
                    Kind.DAMAGED,
                    file.name() + " is damaged or cut off: its parts cannot be listed, and nothing of it was read.",
                    "Get it again from where it came, or repair it in Word (Open, Open and Repair) and add the copy.");
        }
    }

    private static Document unreadable(SourceFile file, Kind kind, String message, String remedy) {
        Finding finding = Finding.ofFile(kind, Severity.ERROR, message, remedy);
        return Document.unreadable(file.id(), DocumentFormat.DOCX, List.of(finding));
    }

    private static List<Finding> damage(SourceFile file, Set<String> damaged, WordText text) {
        if (damaged.isEmpty()) {
            return List.of();
        }
        String parts = String.join(", ", damaged);
        String kept = text.isBlankFrom(0)
                ? "Nothing of it was read."
                : "What could be read of it may be incomplete or changed.";
        return List.of(Finding.ofFile(
                Kind.DAMAGED, Severity.ERROR, file.name() + " is damaged in " + parts + ". " + kept, SAVE_AGAIN));
    }

    private static List<Finding> revisionsAndHiddenText(SourceFile file, List<TypedSpan> typedSpans) {
        List<Finding> findings = new ArrayList<>();
        long deleted = count(typedSpans, Type.DELETED_REVISION);
        if (deleted > 0) {
            String authors = typedSpans.stream()
                    .filter(typed -> typed.type() == Type.DELETED_REVISION)
                    .map(typed -> typed.note().replaceAll("^by |, \\d{4}-\\d\\d-\\d\\d$", ""))
                    .distinct()
                    .limit(5)
                    .collect(Collectors.joining(", "));
            findings.add(Finding.ofFile(
                    Kind.DELETED_REVISIONS,
                    Severity.NOTE,
                    file.name() + " has tracked changes that are not settled (" + authors + "): " + deleted
                            + " deleted passages are kept apart, insertions are read as text.",
                    "If it should be read otherwise, accept or reject the changes in Word and add the result."));
        }
        long hidden = count(typedSpans, Type.HIDDEN_TEXT);
        if (hidden > 0) {
            findings.add(Finding.ofFile(
                    Kind.HIDDEN_TEXT,
                    Severity.WARNING,
                    file.name() + " has " + hidden + (hidden == 1 ? " passage" : " passages")
                            + " that do not show on the page; the model does not get to read them.",
                    "Look at them in Word (Show hidden text) before you rely on the document."));
        }
        return findings;
    }

    private static long count(List<TypedSpan> typedSpans, Type type) {
        return typedSpans.stream().filter(typed -> typed.type() == type).count();
    }

    private static List<Finding> unread(SourceFile file, WordPackage word, WordReader.Unread unread) {
        List<Finding> findings = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        name(parts, unread.embedded, "embedded object");
        name(parts, unread.drawings, "chart or diagram");
        name(parts, unread.imported, "imported document");
        if (!parts.isEmpty()) {
            findings.add(Finding.ofFile(
                    Kind.PARTS_NOT_READ,
                    Severity.WARNING,
                    "Not read in " + file.name() + ": " + String.join(", ", parts) + ".",
                    "If they matter, save them as files of their own, or print the document to PDF and add that."));
        }
        List<String> minor = new ArrayList<>();
        name(minor, unread.pictures, "picture");
        if (!minor.isEmpty()) {
            findings.add(Finding.ofFile(
                    Kind.PARTS_NOT_READ,
                    Severity.NOTE,
                    "Text in pictures is not read: " + file.name() + " has " + minor.getFirst() + ".",
                    ""));
        }
        if (unread.formulas > 0) {
            findings.add(Finding.ofFile(
                    Kind.PARTS_NOT_READ,
                    Severity.NOTE,
                    "Formulas are read as a row of characters, without fractions and exponents: " + file.name()
                            + " has " + unread.formulas + ".",
                    ""));
        }
        if (word.has("vbaProject")) {
            findings.add(Finding.ofFile(
                    Kind.PARTS_NOT_READ,
                    Severity.NOTE,
                    file.name() + " has macros; they were neither run nor read.",
                    ""));
        }
        return findings;
    }

    private static void name(List<String> parts, int count, String what) {
        if (count > 0) {
            String plural = what.equals("chart or diagram") ? "charts or diagrams" : what + "s";
            parts.add(count + " " + (count == 1 ? what : plural));
        }
    }

    private static Finding empty(SourceFile file, WordReader.Unread unread) {
        boolean scanned = unread.pictures > 0;
        return Finding.ofFile(
                scanned ? Kind.NO_TEXT_LAYER : Kind.EMPTY,
                Severity.ERROR,
                file.name() + (scanned ? " holds only pictures, no text." : " holds no text."),
                scanned
                        ? "Recognise its text with an OCR program that writes a searchable PDF, and add that."
                        : "Look at it in Word; if there is text, print it to PDF and add that.");
    }
}
