package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.app.report.PdfFlow.Style;
import io.lectern.app.report.PdfHighlights.Mark;
import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.PageLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.multipdf.PDFMergerUtility;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageTree;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.destination.PDPageDestination;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.destination.PDPageXYZDestination;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDDocumentOutline;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineItem;

/**
 * The sources with highlights on the quoted words: one annotated PDF a source, or all bound behind an index. A PDF whose
 * pages may be annotated keeps its pages; any other source is shown as a {@link PageView}. What happens to protected and
 * signed files is in docs/decisions/0070.
 */
final class PdfReport {
    private final ReportModel model;
    private final Map<DocumentId, Path> sources;
    private final List<String> notes;

    /**
     * @param sources where the files are
     * @param notes takes what a person should know about the result
     */
    PdfReport(ReportModel model, Map<DocumentId, Path> sources, List<String> notes) {
        this.model = model;
        this.sources = sources;
        this.notes = notes;
    }

    /** Writes the annotated copy of one cited document. */
    void writeCopy(ReportDocument document, OutputStream out) throws IOException {
        try (Original original = open(document, false).orElse(null)) {
            if (original == null) {
                try (PDDocument pdf = new PDDocument()) {
                    Typesetter typesetter = new Typesetter(pdf);
                    PageLayout layout = PageView.append(pdf, typesetter, document);
                    List<Mark> marks = marks(
                            document,
                            citation -> layout.locate(citation.passage().span()));
                    PdfHighlights.add(pdf, 0, marks, model.madeAt());
                    appendLegend(pdf, typesetter, document, marks);
                    describe(pdf, document.name());
                    noteMissing(typesetter, document.name());
                    pdf.save(out);
                }
                return;
            }
            List<Mark> marks = marks(document, PdfReport::placeInSource);
            PdfHighlights.add(original.pdf(), 0, marks, model.madeAt());
            if (original.keepsItsBytes()) {
                original.pdf().saveIncremental(out, annotatedPages(original.pdf(), marks));
            } else {
                appendLegend(original.pdf(), new Typesetter(original.pdf()), document, marks);
                original.pdf().save(out);
            }
        }
    }

    private static Set<COSDictionary> annotatedPages(PDDocument pdf, List<Mark> marks) {
        return marks.stream()
                .flatMap(mark -> mark.place().areas().stream())
                .map(area -> pdf.getPage(area.page() - 1).getCOSObject())
                .collect(Collectors.toSet());
    }

    /** Writes the index and every cited document as one PDF. */
    void writeBound(OutputStream out) throws IOException {
        List<Original> originals = new ArrayList<>();
        try (PDDocument bound = new PDDocument()) {
            Typesetter typesetter = new Typesetter(bound);
            Map<DocumentId, Integer> firstPages = new LinkedHashMap<>();
            Map<Citation, PDPageDestination> targets = new IdentityHashMap<>();
            PDFMergerUtility merger = new PDFMergerUtility();
            for (ReportDocument document : model.citedDocuments()) {
                int first = bound.getNumberOfPages();
                firstPages.put(document.id(), first);
                Original original = open(document, true).orElse(null);
                List<Mark> marks;
                if (original == null) {
                    PageLayout layout = PageView.append(bound, typesetter, document);
                    marks = marks(
                            document,
                            citation -> layout.locate(citation.passage().span()));
                } else {
                    originals.add(original);
                    merger.appendDocument(bound, original.pdf());
                    marks = marks(document, PdfReport::placeInSource);
                }
                PdfHighlights.add(bound, first, marks, model.madeAt());
                marks.forEach(mark -> targets.put(mark.citation(), destination(bound, first, mark.place())));
            }
            List<PDPage> documentPages =
                    firstPages.values().stream().map(bound::getPage).toList();
            insertIndex(bound, index(bound, typesetter, targets, firstPages));
            addOutline(bound, documentPages);
            describe(bound, model.title());
            noteMissing(typesetter, "the report");
            bound.save(out);
        } finally {
            for (Original original : originals) {
                original.close();
            }
        }
    }

    /**
     * A source opened to be annotated.
     *
     * @param keepsItsBytes whether only an update may be appended to the file: it is signed or protected
     */
    private record Original(PDDocument pdf, boolean keepsItsBytes) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            pdf.close();
        }
    }

    /** The source's own PDF, if there is one whose pages may be annotated as asked; else the reason is noted. */
    private Optional<Original> open(ReportDocument document, boolean toBind) throws IOException {
        if (document.document().format() != DocumentFormat.PDF) {
            return Optional.empty();
        }
        Path file = sources.get(document.id());
        if (file == null || !Files.isRegularFile(file)) {
            return withoutOriginal(document, "its file is not there any more");
        }
        if (!SourceFiles.hash(file).equals(document.id().sha256())) {
            return withoutOriginal(document, "its file was changed since it was read");
        }
        PDDocument pdf;
        try {
            pdf = Loader.loadPDF(file.toFile());
        } catch (IOException e) {
            return withoutOriginal(document, "its file cannot be opened for annotating");
        }
        boolean signed = !pdf.getSignatureDictionaries().isEmpty();
        boolean allowed = pdf.getCurrentAccessPermission().canModifyAnnotations();
        if (pdf.isEncrypted() && (toBind || !allowed)) {
            pdf.close();
            return withoutOriginal(
                    document,
                    toBind ? "its protection would be lost by binding it" : "its owner does not allow annotations");
        }
        if (signed) {
            notes.add(
                    document.name() + " is signed: "
                            + (toBind
                                    ? "its signature holds for the original only, not for the bound copy"
                                    : "the highlights are appended as an update, and its signed revision is unchanged; the legend page is left out"));
        }
        return Optional.of(new Original(pdf, signed || pdf.isEncrypted()));
    }

    private Optional<Original> withoutOriginal(ReportDocument document, String reason) {
        notes.add(document.name() + " is shown as a page view of its text: " + reason);
        return Optional.empty();
    }

    private void noteMissing(Typesetter typesetter, String where) {
        if (typesetter.missing() > 0) {
            notes.add("%s in %s have no glyph in the bundled typefaces and are drawn as □; report.json has them all"
                    .formatted(ReportWords.count(typesetter.missing(), "character"), where));
        }
    }

    private static Locator.Pages placeInSource(Citation citation) {
        if (citation.passage().locator() instanceof Locator.Pages pages) {
            return pages;
        }
        throw new IllegalArgumentException("a passage of a PDF stands on pages");
    }

    private List<Mark> marks(ReportDocument document, Function<Citation, Locator.Pages> place) {
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < model.answers().size(); i++) {
            Answer answer = model.answers().get(i);
            for (Citation citation : answer.citations()) {
                if (document.isCitedBy(citation)) {
                    marks.add(new Mark(i + 1, answer, citation, place.apply(citation)));
                }
            }
        }
        return marks;
    }

    /** The place of the first box, a little above it. */
    private static PDPageDestination destination(PDDocument pdf, int firstPage, Locator.Pages place) {
        Locator.PageArea area = place.areas().getFirst();
        Box box = area.boxes().getFirst();
        PDPage page = pdf.getPage(firstPage + area.page() - 1);
        float[] corner = PdfHighlights.toUserSpace(page, 0, Math.max(0, box.y() - 40));
        PDPageXYZDestination destination = new PDPageXYZDestination();
        destination.setPage(page);
        destination.setLeft(Math.round(corner[0]));
        destination.setTop(Math.round(corner[1]));
        return destination;
    }

    private static PDPageDestination topOf(PDPage page) {
        PDPageXYZDestination destination = new PDPageXYZDestination();
        destination.setPage(page);
        destination.setTop(Math.round(page.getCropBox().getUpperRightY()));
        return destination;
    }

    private void appendLegend(PDDocument pdf, Typesetter typesetter, ReportDocument document, List<Mark> marks)
            throws IOException {
        PdfFlow flow = new PdfFlow(pdf, typesetter, "Added by Lectern; not part of the document");
        flow.paragraph("ABOUT THE HIGHLIGHTS IN THIS COPY", Style.LABEL.below(0));
        flow.paragraph(document.name(), Style.TITLE.below(6));
        flow.paragraph(
                "Lectern " + model.lecternVersion() + " made this copy on " + ReportWords.date(model.madeAt())
                        + " and added the highlights and this page. SHA-256 of the source:",
                Style.BODY.below(12));
        flow.paragraph(document.id().sha256(), Style.CODE);
        legend(flow);
        flow.paragraph("Passages", Style.HEADING);
        for (Mark mark : marks) {
            flow.room(60);
            flow.link(
                    mark.title() + ", p. " + mark.place().areas().getFirst().page(),
                    Style.STRONG.coloured(PdfFlow.ACCENT).below(10),
                    destination(pdf, 0, mark.place()));
            flow.paragraph(mark.answer().question(), Style.BODY.below(2));
            flow.paragraph(marksOf(mark.citation()), Style.SMALL);
        }
        flow.finish().forEach(pdf::addPage);
    }

    private static void legend(PdfFlow flow) throws IOException {
        flow.room(150);
        flow.paragraph("What the marks mean", Style.HEADING);
        flow.paragraph(
                "Every highlight lies on words that stand in the source exactly as quoted. Its colour tells whether they "
                        + "bear the claim they are cited for, as the model judges it:",
                Style.BODY);
        for (Support support : Support.values()) {
            flow.swatch(
                    PdfHighlights.colour(support),
                    ReportWords.label(support) + ". " + ReportWords.explanation(support));
        }
        flow.paragraph(
                "A dashed line around a highlight: " + ReportWords.label(Verbatim.REPAIRED) + ". "
                        + ReportWords.explanation(Verbatim.REPAIRED),
                Style.BODY);
    }

    private List<PDPage> index(
            PDDocument pdf,
            Typesetter typesetter,
            Map<Citation, PDPageDestination> targets,
            Map<DocumentId, Integer> firstPages)
            throws IOException {
        PdfFlow flow = new PdfFlow(pdf, typesetter, model.title() + " · Report");
        flow.paragraph("REPORT ON DOCUMENTS", Style.LABEL.below(0));
        flow.paragraph(model.title(), Style.TITLE.below(6));
        flow.paragraph(
                "Made " + ReportWords.date(model.madeAt()) + " by Lectern " + model.lecternVersion() + ". "
                        + ReportWords.count(model.documents().size(), "document") + ", "
                        + firstPages.size() + " quoted and bound behind this index.",
                Style.BODY.below(10));
        flow.paragraph(model.privacyStatement(), Style.BODY);
        for (int i = 0; i < model.answers().size(); i++) {
            flow.rule();
            answer(flow, i + 1, model.answers().get(i), targets);
        }
        flow.rule();
        legend(flow);
        documents(flow, pdf, firstPages);
        return flow.finish();
    }

    private void answer(PdfFlow flow, int number, Answer answer, Map<Citation, PDPageDestination> targets)
            throws IOException {
        flow.room(120);
        flow.paragraph("QUESTION " + number, Style.LABEL.below(14));
        flow.paragraph(answer.question(), Style.HEADING.below(3));
        flow.paragraph(ReportWords.label(answer.outcome()), Style.STRONG.below(6));
        flow.paragraph(
                ReportWords.explanation(answer.outcome()) + " " + ReportWords.presence(answer.presence()),
                Style.SMALL.below(1));
        flow.paragraph(answer.text(), Style.BODY.below(8));
        for (Citation citation : answer.citations()) {
            flow.room(70);
            if (citation.isShown()) {
                flow.link(
                        "[" + citation.number() + "]  " + citation.passage().documentName() + ", "
                                + citation.passage().locator().label(),
                        Style.STRONG.coloured(PdfFlow.ACCENT).below(12),
                        targets.get(citation));
                flow.barred(
                        model.document(citation.passage().documentId())
                                .orElseThrow()
                                .readableText(citation.passage()),
                        Style.QUOTATION,
                        PdfHighlights.colour(citation.support()),
                        null);
            } else {
                flow.paragraph("[" + citation.number() + "]  No passage", Style.STRONG.below(12));
            }
            flow.paragraph(marksOf(citation), Style.SMALL.indented(14));
            if (!citation.claim().isBlank()) {
                flow.paragraph("Cited for: " + citation.claim(), Style.SMALL.indented(14));
            }
        }
        Coverage coverage = answer.coverage();
        flow.paragraph("What was read: " + coverage.summary() + ".", Style.SMALL.below(12));
        for (Coverage.Entry entry : coverage.documents()) {
            flow.paragraph(
                    (entry.read() ? "read whole: " : "not read (" + entry.reason() + "): ") + entry.documentName(),
                    Style.SMALL.indented(14).below(1));
        }
    }

    private static String marksOf(Citation citation) {
        return "Words: " + ReportWords.label(citation.verbatim()) + "   ·   Support: "
                + ReportWords.label(citation.support());
    }

    private void documents(PdfFlow flow, PDDocument pdf, Map<DocumentId, Integer> firstPages) throws IOException {
        flow.room(120);
        flow.paragraph("Documents", Style.HEADING);
        for (ReportDocument document : model.documents()) {
            flow.room(50);
            Integer first = firstPages.get(document.id());
            if (first == null) {
                flow.paragraph(document.name(), Style.STRONG.below(9));
            } else {
                flow.link(document.name(), Style.STRONG.coloured(PdfFlow.ACCENT).below(9), topOf(pdf.getPage(first)));
            }
            int pages = document.document().pages().size();
            flow.paragraph(
                    document.document().format().label()
                            + (pages == 0 ? "" : ", " + ReportWords.count(pages, "page"))
                            + (first == null ? "; nothing is quoted from it" : ""),
                    Style.SMALL.below(1));
            flow.paragraph("SHA-256 " + document.id().sha256(), Style.CODE);
            for (Finding finding : document.document().findings()) {
                flow.paragraph(
                        (finding.page() > 0 ? "Page " + finding.page() + ": " : "") + finding.message() + " "
                                + finding.remedy(),
                        Style.SMALL.indented(14));
            }
        }
        flow.paragraph("Models", Style.HEADING);
        for (Answer.Model answering : model.models()) {
            flow.paragraph(ReportWords.model(answering) + ", on " + answering.runsOn(), Style.BODY);
            flow.paragraph(answering.sha256().isEmpty() ? "" : "SHA-256 " + answering.sha256(), Style.CODE);
        }
    }

    private static void insertIndex(PDDocument pdf, List<PDPage> index) {
        PDPageTree tree = pdf.getPages();
        if (pdf.getNumberOfPages() == 0) {
            index.forEach(pdf::addPage);
            return;
        }
        PDPage first = pdf.getPage(0);
        index.forEach(page -> tree.insertBefore(page, first));
    }

    private void addOutline(PDDocument pdf, List<PDPage> documentPages) {
        PDDocumentOutline outline = new PDDocumentOutline();
        outline.addLast(item("Report", pdf.getPage(0)));
        List<ReportDocument> cited = model.citedDocuments();
        for (int i = 0; i < cited.size(); i++) {
            outline.addLast(item(cited.get(i).name(), documentPages.get(i)));
        }
        pdf.getDocumentCatalog().setDocumentOutline(outline);
    }

    private static PDOutlineItem item(String title, PDPage page) {
        PDOutlineItem item = new PDOutlineItem();
        item.setTitle(title);
        item.setDestination(topOf(page));
        return item;
    }

    private void describe(PDDocument pdf, String title) {
        PDDocumentInformation information = new PDDocumentInformation();
        information.setTitle(title);
        information.setCreator("Lectern " + model.lecternVersion());
        pdf.setDocumentInformation(information);
    }
}
