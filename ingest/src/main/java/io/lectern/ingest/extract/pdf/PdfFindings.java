package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.extract.pdf.PageReader.PageContent;
import io.lectern.ingest.extract.pdf.StreamCheck.Damage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotation;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDField;

/** Gathers what a person should know about one PDF, in words for the user and without text of the document. */
final class PdfFindings {
    /** A page with a picture of this share of it is a scanned one if it has hardly any text. */
    private static final double SCAN = 0.5;
    /** A smaller picture on an empty page is decoration; a page with none of this size may simply be blank. */
    private static final double PICTURE = 0.03;
    /** As many strokes and fills draw letters or a figure, not the rules of an empty page. */
    private static final int DRAWING = 40;
    /** Scanners, signing services and fax machines stamp about so many characters on a page. */
    private static final int STAMP = 120;

    private static final String OPEN_AND_SAVE =
            "Get it again from where it came, or open it in a PDF program, save a copy and add that.";
    private static final String RECOGNISE =
            "Run text recognition (OCR) on it in your scanner's or PDF program and add the "
                    + "result; until then, no answer rests on it.";

    /** Annotations that carry words of a reader, not of the page. */
    private static final Set<String> REMARKS = Set.of(
            "Text",
            "Highlight",
            "Underline",
            "StrikeOut",
            "Squiggly",
            "Caret",
            "Ink",
            "Line",
            "Square",
            "Circle",
            "Polygon",
            "PolyLine");

    private final String name;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Integer> withoutText = new ArrayList<>();
    private int recognisedPages;
    private int unknown;
    private final List<Integer> incomplete = new ArrayList<>();
    private final List<Integer> damagedBesides = new ArrayList<>();
    private int remarks;
    private int attachedToPages;
    private int charactersRead;
    private boolean anyPicture;
    private int picturesBesideText;

    PdfFindings(String name) {
        this.name = name;
    }

    List<Finding> all() {
        return findings;
    }

    List<Finding> passwordProtected() {
        add(
                Kind.ENCRYPTED,
                Severity.ERROR,
                name + " is password-protected: it cannot be read without its password.",
                "Open it with the password in a PDF program, save a copy without one and add that, or leave it out.");
        return findings;
    }

    List<Finding> certificateProtected() {
        add(
                Kind.ENCRYPTED,
                Severity.ERROR,
                name + " is encrypted for the holders of certain certificates.",
                "Open it where the certificate is installed, save a copy without encryption and add that.");
        return findings;
    }

    List<Finding> damagedBeyondRepair() {
        findings.clear();
        add(Kind.DAMAGED, Severity.ERROR, name + " is damaged: nothing of it could be read.", OPEN_AND_SAVE);
        return findings;
    }

    /** Called once all pages have been read. */
    void cutShort(int pages) {
        findings.addFirst(Finding.ofFile(
                Kind.DAMAGED,
                Severity.WARNING,
                name + " is cut short: its end is missing. " + pages(pages) + " with " + charactersRead
                        + " characters of text could be recovered; what stood behind the cut is lost.",
                OPEN_AND_SAVE));
    }

    void ofPageList() {
        add(
                Kind.DAMAGED,
                Severity.ERROR,
                name + " is damaged: its list of pages breaks off, so pages are missing.",
                OPEN_AND_SAVE);
    }

    void ofPage(int page, PageContent content, List<TextLine> lines, Damage damage) {
        int characters = lines.stream().mapToInt(TextLine::length).sum();
        charactersRead += characters;
        anyPicture |= content.largestPicture() >= PICTURE;
        unknown += lines.stream().mapToInt(PdfFindings::unknownCharacters).sum();
        if (content.recognised() > 0) {
            recognisedPages++;
        }
        if (damage.missing()) {
            incomplete.add(page);
        }
        if (damage.besides()) {
            damagedBesides.add(page);
        }
        if (damage.changed() || damage.readablePercent() < 100 || content.failure() != null || content.troubles() > 0) {
            ofDamage(page, damage, characters);
        } else if (damage.missing()) {
            return;
        } else if (characters == 0) {
            if (content.largestPicture() >= PICTURE || content.paintOperations() >= DRAWING) {
                withoutText.add(page);
            }
        } else if (characters < STAMP && content.largestPicture() >= SCAN && content.recognised() == 0) {
            findings.add(new Finding(
                    Kind.PAGE_WITHOUT_TEXT,
                    Severity.WARNING,
                    page,
                    "Page " + page + " of " + name + " is a picture with only a few words of text (" + characters
                            + " characters): what the picture shows could not be read.",
                    RECOGNISE));
        } else if (content.largestPicture() >= PICTURE && content.recognised() == 0) {
            picturesBesideText++;
        }
    }

    private static int unknownCharacters(TextLine line) {
        return (int) line.text().chars().filter(c -> c == '\uFFFD').count();
    }

    private void ofDamage(int page, Damage damage, int characters) {
        String how = damage.readablePercent() < 100
                ? "its content breaks off after about " + damage.readablePercent() + "%"
                : "parts of its content are not what was written";
        findings.add(new Finding(
                Kind.DAMAGED,
                characters == 0 ? Severity.ERROR : Severity.WARNING,
                page,
                "Page " + page + " of " + name + " is damaged: " + how
                        + (characters == 0
                                ? ". No text of it could be read."
                                : ". " + characters + " characters of it were read; text may be missing or wrong."),
                OPEN_AND_SAVE));
    }

    /** Called once all pages have been read. */
    void ofPages(int pages, int pagesAnnounced) {
        if (pages < pagesAnnounced) {
            add(
                    Kind.DAMAGED,
                    Severity.ERROR,
                    name + " is damaged: it should have " + pages(pagesAnnounced) + ", of which "
                            + (pagesAnnounced - pages) + " could not be found.",
                    OPEN_AND_SAVE);
        }
        if (!incomplete.isEmpty()) {
            add(
                    Kind.DAMAGED,
                    Severity.WARNING,
                    name + " is incomplete: parts of the content of " + pageNumbers(incomplete)
                            + " are missing in the file.",
                    OPEN_AND_SAVE);
        }
        if (!damagedBesides.isEmpty()) {
            add(
                    Kind.DAMAGED,
                    Severity.WARNING,
                    name + " is damaged in a part that belongs to " + pageNumbers(damagedBesides)
                            + " without being its content: the text seems whole.",
                    OPEN_AND_SAVE);
        }
        if (charactersRead == 0 && anyPicture) {
            add(
                    Kind.NO_TEXT_LAYER,
                    Severity.ERROR,
                    name + " has no text: its " + pages(pages) + (pages == 1 ? " is a picture" : " are pictures")
                            + ", probably a scan.",
                    RECOGNISE);
            return;
        }
        if (charactersRead == 0
                && pages > 0
                && findings.stream().noneMatch(finding -> finding.kind() == Kind.DAMAGED)) {
            add(Kind.EMPTY, Severity.WARNING, name + " has " + pages(pages) + " but no text on any of them.", "");
        }
        for (int page : withoutText) {
            findings.add(new Finding(
                    Kind.PAGE_WITHOUT_TEXT,
                    Severity.WARNING,
                    page,
                    "Page " + page + " of " + name + " shows a picture or drawing and has no text: what it shows could "
                            + "not be read.",
                    RECOGNISE));
        }
        if (picturesBesideText > 0) {
            add(
                    Kind.PARTS_NOT_READ,
                    Severity.NOTE,
                    "Text in pictures is not read: " + name + " has pictures on " + pages(picturesBesideText) + ".",
                    "");
        }
        if (recognisedPages > 0) {
            add(
                    Kind.HIDDEN_TEXT,
                    Severity.NOTE,
                    "The text of " + pages(recognisedPages) + " of " + name
                            + " comes from text recognition (OCR) of a scan: "
                            + "it lies invisibly over the picture and may have errors.",
                    "Compare quotations with the picture of the page.");
        }
        if (unknown > 0) {
            add(
                    Kind.PARTS_NOT_READ,
                    Severity.WARNING,
                    name + " does not say which characters " + unknown
                            + " of its glyphs stand for: they are shown as \uFFFD.",
                    "If they matter, look at the page, or run text recognition (OCR) on the file.");
        }
    }

    void ofHiddenText(List<TypedSpan> typedSpans) {
        Map<String, Integer> characters = new TreeMap<>();
        for (TypedSpan typed : typedSpans) {
            if (typed.type() == TypedSpan.Type.HIDDEN_TEXT) {
                characters.merge(typed.note(), typed.span().length(), Integer::sum);
            }
        }
        if (characters.isEmpty()) {
            return;
        }
        List<String> kinds = new ArrayList<>();
        characters.forEach((reason, count) -> kinds.add(count + " characters " + reason));
        add(
                Kind.HIDDEN_TEXT,
                Severity.WARNING,
                name + " contains text that a person who looks at it does not see: " + String.join(", ", kinds) + ".",
                "Do not rely on it without asking why it is hidden.");
    }

    /** What belongs to the document and does not stand on its pages. */
    void ofPartsNotRead(PDDocument pdf) {
        try {
            countAnnotations(pdf);
            List<String> parts = new ArrayList<>();
            if (remarks > 0) {
                parts.add(remarks == 1 ? "1 remark (note or comment)" : remarks + " remarks (notes and comments)");
            }
            int attachments = attachedToPages + attachments(pdf);
            if (attachments > 0) {
                parts.add(attachments == 1 ? "1 attached file" : attachments + " attached files");
            }
            PDAcroForm form = pdf.getDocumentCatalog().getAcroForm(null);
            if (form != null) {
                int fields = fieldsNotDrawn(form);
                if (fields > 0) {
                    parts.add(fields == 1 ? "the value of 1 form field" : "the values of " + fields + " form fields");
                }
                if (form.hasXFA()) {
                    parts.add("an XFA form beyond what is drawn on the pages");
                }
            }
            if (!parts.isEmpty()) {
                add(
                        Kind.PARTS_NOT_READ,
                        attachments > 0 ? Severity.WARNING : Severity.NOTE,
                        name + " has more than its pages: " + String.join(", ", parts) + ". This was not read.",
                        attachments > 0 ? "Save the attached files from a PDF program and add them too." : "");
            }
        } catch (IOException | RuntimeException e) {
            add(
                    Kind.DAMAGED,
                    Severity.WARNING,
                    name + " is damaged: it could not be seen whether it has attachments, remarks or a form.",
                    OPEN_AND_SAVE);
        }
    }

    private void countAnnotations(PDDocument pdf) throws IOException {
        for (PDPage page : pdf.getPages()) {
            if (page.getCOSObject().getItem(COSName.ANNOTS) == null) {
                continue;
            }
            for (PDAnnotation annotation : page.getAnnotations()) {
                String kind = annotation.getSubtype();
                if ("FileAttachment".equals(kind)) {
                    attachedToPages++;
                } else if (REMARKS.contains(kind)
                        && annotation.getContents() != null
                        && !annotation.getContents().isBlank()) {
                    remarks++;
                }
            }
        }
    }

    private static int attachments(PDDocument pdf) throws IOException {
        COSDictionary names = pdf.getDocumentCatalog().getCOSObject().getCOSDictionary(COSName.NAMES);
        COSDictionary files = names == null ? null : names.getCOSDictionary(COSName.EMBEDDED_FILES);
        return files == null ? 0 : NameTree.size(files);
    }

    private static int fieldsNotDrawn(PDAcroForm form) {
        int count = 0;
        for (PDField field : form.getFieldTree()) {
            boolean drawn = field.getWidgets().stream().anyMatch(widget -> widget.getAppearance() != null);
            boolean choice = "Btn".equals(field.getFieldType()) || "Sig".equals(field.getFieldType());
            String value = field.getValueAsString();
            if (!drawn && !choice && value != null && !value.isBlank()) {
                count++;
            }
        }
        return count;
    }

    private void add(Kind kind, Severity severity, String message, String remedy) {
        findings.add(Finding.ofFile(kind, severity, message, remedy));
    }

    /** "page 3" or "pages 1–4, 7". */
    private static String pageNumbers(List<Integer> pages) {
        List<String> ranges = new ArrayList<>();
        int first = pages.getFirst();
        for (int i = 0; i < pages.size(); i++) {
            int page = pages.get(i);
            if (i + 1 == pages.size() || pages.get(i + 1) != page + 1) {
                ranges.add(first == page ? "" + page : first + "–" + page);
                first = i + 1 < pages.size() ? pages.get(i + 1) : page;
            }
        }
        return (pages.size() == 1 ? "page " : "pages ") + String.join(", ", ranges);
    }

    private static String pages(int count) {
        return count == 1 ? "1 page" : count + " pages";
    }
}
