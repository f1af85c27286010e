package io.lectern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.extract.DocumentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.pdfbox.pdmodel.interactive.action.PDActionGoTo;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotation;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationHighlight;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationLink;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.destination.PDPageDestination;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.apache.pdfbox.util.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PdfReportTest {
    private static final List<String> LINES = List.of(
            "This agreement is made between the Landlord and the Tenant.",
            "The Tenant shall pay a rent of EUR 900 each month",
            "and keep the premises in good repair at all times.",
            "Nothing else is agreed.");
    private static final String QUOTED = "EUR 900 each month\nand keep the premises";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"0, false", "90, false", "180, false", "270, false", "0, true", "90, true", "180, true", "270, true"})
    void highlightsLieOnTheQuotedWordsOfRotatedAndCroppedPages(int rotation, boolean cropped) throws IOException {
        Path source = folder.resolve("lease.pdf");
        writePdf(source, rotation, cropped);
        byte[] before = Files.readAllBytes(source);

        ReportExport.Exported exported = export(source, folder.resolve("out"));

        assertThat(exported.notes()).isEmpty();
        assertThat(exported.files().getFirst().getFileName()).hasToString("lease.annotated.pdf");
        try (PDDocument annotated = Loader.loadPDF(exported.files().getFirst().toFile())) {
            assertThat(annotated.getNumberOfPages())
                    .as("the page and the legend")
                    .isEqualTo(2);
            List<PDAnnotationHighlight> highlights = highlights(annotated.getPage(0));
            assertThat(highlights).hasSize(1);
            assertThat(wordsUnder(annotated, 0, highlights)).isEqualTo(withoutSpaces(QUOTED));
        }
        assertThat(source).hasBinaryContent(before);
    }

    @Test
    void highlightsCarryTheNoteTheMarksAndAnAppearance() throws IOException {
        Path source = folder.resolve("lease.pdf");
        writePdf(source, 0, false);

        Path copy = export(source, folder.resolve("out")).files().getFirst();

        try (PDDocument annotated = Loader.loadPDF(copy.toFile())) {
            PDAnnotationHighlight highlight = highlights(annotated.getPage(0)).getFirst();
            assertThat(highlight.getTitlePopup()).isEqualTo("Lectern");
            assertThat(highlight.getSubject()).isEqualTo("Question 1, passage 1");
            assertThat(highlight.getContents())
                    .contains("Question 1: What is owed?", "Answer (answered): Nine hundred a month.")
                    .contains("Words: Verbatim.", "Support: Weak support.");
            assertThat(highlight.getCreationDate().toInstant()).isEqualTo(ReportFixtures.MADE_AT);
            assertThat(highlight.getQuadPoints()).hasSize(16);
            assertThat(highlight.getNormalAppearanceStream()).isNotNull();
        }
    }

    @Test
    void pageViewsHighlightTheQuotedWordsInEveryScript() throws IOException {
        ReportDocument document = ReportFixtures.document(
                folder,
                "scripts.txt",
                "Fees office: ﬁnal fee of £5 – see § 4.\n本合同自双方签字之日起生效，有效期为三年。\nالعقد بين الطرفين لمدة سنة واحدة\n"
                        + "A rather long line about nothing in particular. ".repeat(400) + "The end.\n");
        List<String> quotations = List.of("ﬁnal fee of £5", "双方签字之日起生效，有效期", "The end.");
        List<Citation> citations = new ArrayList<>();
        for (String words : quotations) {
            citations.add(
                    ReportFixtures.citation(citations.size() + 1, document, words, Verbatim.VERIFIED, Support.YES));
        }

        ReportExport.Exported exported =
                new ReportExport().export(model(document, citations), files(document), folder.resolve("out"));

        assertThat(exported.notes()).isEmpty();
        try (PDDocument view = Loader.loadPDF(exported.files().getFirst().toFile())) {
            List<String> found = new ArrayList<>();
            for (int page = 0; page < view.getNumberOfPages(); page++) {
                for (PDAnnotationHighlight highlight : highlights(view.getPage(page))) {
                    found.add(wordsUnder(view, page, List.of(highlight)));
                }
            }
            assertThat(found)
                    .containsExactlyElementsOf(quotations.stream()
                            .map(PdfReportTest::withoutSpaces)
                            .toList());
        }
    }

    @Test
    void charactersWithoutAGlyphBecomeBoxesAndAreCounted() throws IOException {
        ReportDocument document = ReportFixtures.document(folder, "odd.txt", "A house 🏠 and \uE000.\n");
        List<Citation> citations =
                List.of(ReportFixtures.citation(1, document, "house 🏠 and", Verbatim.VERIFIED, Support.YES));

        ReportExport.Exported exported =
                new ReportExport().export(model(document, citations), files(document), folder.resolve("out"));

        assertThat(exported.notes()).singleElement().asString().startsWith("2 characters in odd.txt have no glyph");
        try (PDDocument view = Loader.loadPDF(exported.files().getFirst().toFile())) {
            assertThat(wordsUnder(view, 0, highlights(view.getPage(0)))).isEqualTo("house□and");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void protectedFilesKeepTheirProtection(boolean annotationsAllowed) throws IOException {
        Path plain = folder.resolve("plain.pdf");
        writePdf(plain, 0, false);
        Path source = folder.resolve("protected.pdf");
        try (PDDocument pdf = Loader.loadPDF(plain.toFile())) {
            AccessPermission permission = new AccessPermission();
            permission.setCanModifyAnnotations(annotationsAllowed);
            permission.setCanModify(false);
            StandardProtectionPolicy policy = new StandardProtectionPolicy("owner", "", permission);
            policy.setEncryptionKeyLength(256);
            pdf.protect(policy);
            pdf.save(source.toFile());
        }

        ReportExport.Exported exported = export(source, folder.resolve("out"));

        try (PDDocument copy = Loader.loadPDF(exported.files().getFirst().toFile())) {
            assertThat(wordsUnder(copy, 0, highlights(copy.getPage(0)))).isEqualTo(withoutSpaces(QUOTED));
            assertThat(copy.isEncrypted()).isEqualTo(annotationsAllowed);
        }
        if (annotationsAllowed) {
            assertThat(exported.notes()).isEmpty();
        } else {
            assertThat(exported.notes())
                    .containsExactly(
                            "protected.pdf is shown as a page view of its text: its owner does not allow annotations");
        }
    }

    @Test
    void signedFilesKeepTheirSignedRevision() throws IOException {
        Path plain = folder.resolve("plain.pdf");
        writePdf(plain, 0, false);
        Path source = folder.resolve("signed.pdf");
        try (PDDocument pdf = Loader.loadPDF(plain.toFile());
                var out = Files.newOutputStream(source)) {
            PDSignature signature = new PDSignature();
            signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
            signature.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
            signature.setSignDate(Calendar.getInstance());
            pdf.addSignature(signature, content -> new byte[] {1, 2, 3});
            pdf.saveIncremental(out);
        }
        byte[] signed = Files.readAllBytes(source);

        ReportExport.Exported exported = export(source, folder.resolve("out"));

        byte[] copy = Files.readAllBytes(exported.files().getFirst());
        assertThat(Arrays.copyOf(copy, signed.length)).isEqualTo(signed);
        assertThat(exported.notes()).singleElement().asString().startsWith("signed.pdf is signed");
        try (PDDocument pdf = Loader.loadPDF(copy)) {
            assertThat(pdf.getNumberOfPages()).isEqualTo(1);
            assertThat(pdf.getSignatureDictionaries()).hasSize(1);
            assertThat(wordsUnder(pdf, 0, highlights(pdf.getPage(0)))).isEqualTo(withoutSpaces(QUOTED));
        }
    }

    @Test
    void aSourceThatIsGoneOrChangedIsShownAsAPageView() throws IOException {
        Path source = folder.resolve("lease.pdf");
        writePdf(source, 90, true);
        ReportDocument document = read(source);
        Files.writeString(source, "something else");

        ReportExport.Exported exported =
                new ReportExport().export(model(document, citations(document)), files(document), folder.resolve("out"));

        assertThat(exported.notes())
                .containsExactly(
                        "lease.pdf is shown as a page view of its text: its file was changed since it was read");
        try (PDDocument view = Loader.loadPDF(exported.files().getFirst().toFile())) {
            assertThat(wordsUnder(view, 0, highlights(view.getPage(0)))).isEqualTo(withoutSpaces(QUOTED));
        }
    }

    @Test
    void theBoundReportLeadsFromItsIndexToEveryHighlight() throws IOException {
        Path source = folder.resolve("lease.pdf");
        writePdf(source, 90, true);
        ReportDocument pdf = read(source);
        ReportDocument text = ReportFixtures.document(folder, "notice.txt", ReportFixtures.NOTICE);
        List<Citation> citations = List.of(
                citations(pdf).getFirst(),
                ReportFixtures.citation(2, text, "written notice", Verbatim.REPAIRED, Support.UNCHECKED));
        ReportModel model = new ReportModel(
                "Bound",
                ReportFixtures.MADE_AT,
                "0.1.0",
                List.of(pdf, text),
                List.of(answer(citations, List.of(pdf, text))));
        Path bound = folder.resolve("bound.pdf");

        new ReportExport().export(model, Map.of(pdf.id(), source, text.id(), folder.resolve("notice.txt")), bound);

        try (PDDocument report = Loader.loadPDF(bound.toFile())) {
            int pages = report.getNumberOfPages();
            PDPage leasePage = report.getPage(pages - 2);
            PDPage noticePage = report.getPage(pages - 1);
            assertThat(leasePage.getRotation()).isEqualTo(90);
            assertThat(wordsUnder(report, pages - 2, highlights(leasePage))).isEqualTo(withoutSpaces(QUOTED));
            assertThat(wordsUnder(report, pages - 1, highlights(noticePage))).isEqualTo("writtennotice");

            List<PDPage> targets = new ArrayList<>();
            for (int i = 0; i < pages - 2; i++) {
                for (PDAnnotation annotation : report.getPage(i).getAnnotations()) {
                    PDActionGoTo action = (PDActionGoTo) ((PDAnnotationLink) annotation).getAction();
                    targets.add(((PDPageDestination) action.getDestination()).getPage());
                }
            }
            assertThat(targets)
                    .as("two passages, two documents")
                    .containsExactly(leasePage, noticePage, leasePage, noticePage);
            PDFTextStripper stripper = new PDFTextStripper();
            stripper.setEndPage(pages - 2);
            assertThat(stripper.getText(report))
                    .contains("What is owed?", "Nine hundred a month.", "Verbatim", "Weak support", "What was read:")
                    .contains(pdf.id().sha256(), text.id().sha256(), "Test model 1.5B (Q4_K_M)");
        }
    }

    /** Four lines that read upright on the displayed page, whatever its rotation. */
    private static void writePdf(Path file, int rotation, boolean cropped) throws IOException {
        try (PDDocument pdf = new PDDocument()) {
            PDPage page = new PDPage(new PDRectangle(-20, 10, 600, 700));
            if (cropped) {
                page.setCropBox(new PDRectangle(30, 70, 500, 560));
            }
            page.setRotation(rotation);
            pdf.addPage(page);
            PDRectangle crop = page.getCropBox();
            Matrix upright = switch (rotation) {
                case 90 -> new Matrix(0, 1, -1, 0, crop.getUpperRightX(), crop.getLowerLeftY());
                case 180 -> new Matrix(-1, 0, 0, -1, crop.getUpperRightX(), crop.getUpperRightY());
                case 270 -> new Matrix(0, -1, 1, 0, crop.getLowerLeftX(), crop.getUpperRightY());
                default -> new Matrix(1, 0, 0, 1, crop.getLowerLeftX(), crop.getLowerLeftY());
            };
            try (PDPageContentStream content = new PDPageContentStream(pdf, page)) {
                content.transform(upright);
                for (int i = 0; i < LINES.size(); i++) {
                    content.beginText();
                    content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                    content.newLineAtOffset(60, 300 - 20 * i);
                    content.showText(LINES.get(i));
                    content.endText();
                }
            }
            pdf.save(file.toFile());
        }
    }

    private static ReportExport.Exported export(Path source, Path out) {
        ReportDocument document = read(source);
        return new ReportExport().export(model(document, citations(document)), Map.of(document.id(), source), out);
    }

    private static ReportDocument read(Path source) {
        return new ReportDocument(source.getFileName().toString(), new DocumentReader().read(source));
    }

    private static List<Citation> citations(ReportDocument document) {
        return List.of(ReportFixtures.citation(1, document, QUOTED, Verbatim.VERIFIED, Support.WEAK));
    }

    private static ReportModel model(ReportDocument document, List<Citation> citations) {
        return new ReportModel(
                "Test",
                ReportFixtures.MADE_AT,
                "0.1.0",
                List.of(document),
                List.of(answer(citations, List.of(document))));
    }

    private static Answer answer(List<Citation> citations, List<ReportDocument> documents) {
        return ReportFixtures.answer(
                "What is owed?",
                Answer.Outcome.ANSWERED,
                "Nine hundred a month.",
                citations,
                ReportFixtures.coverage(documents));
    }

    private Map<DocumentId, Path> files(ReportDocument document) {
        return Map.of(document.id(), folder.resolve(document.name()));
    }

    private static List<PDAnnotationHighlight> highlights(PDPage page) throws IOException {
        return page.getAnnotations().stream()
                .filter(PDAnnotationHighlight.class::isInstance)
                .map(PDAnnotationHighlight.class::cast)
                .toList();
    }

    private static String withoutSpaces(String text) {
        return text.replaceAll("\\s", "");
    }

    /**
     * The characters whose middle lies in a quadrilateral of the highlights, in the order of the page's content. Works in the
     * page's own space with PDFBox's text matrices, so it shares no geometry with the code under test.
     */
    private static String wordsUnder(PDDocument pdf, int page, List<PDAnnotationHighlight> highlights)
            throws IOException {
        StringBuilder words = new StringBuilder();
        PDRectangle corner = pdf.getPage(page).getCropBox();
        PDFTextStripper stripper = new PDFTextStripper() {
            @Override
            protected void processTextPosition(TextPosition glyph) {
                Matrix matrix = glyph.getTextMatrix();
                float advance = glyph.getWidthDirAdj() / 2;
                double angle = Math.atan2(matrix.getShearY(), matrix.getScaleX());
                float up = glyph.getFontSizeInPt() * 0.3f;
                // PDFBox's text matrices count from the corner of the crop box.
                double x = corner.getLowerLeftX()
                        + matrix.getTranslateX()
                        + advance * Math.cos(angle)
                        - up * Math.sin(angle);
                double y = corner.getLowerLeftY()
                        + matrix.getTranslateY()
                        + advance * Math.sin(angle)
                        + up * Math.cos(angle);
                if (highlights.stream().anyMatch(highlight -> holds(highlight.getQuadPoints(), x, y))) {
                    words.append(glyph.getUnicode());
                }
            }
        };
        stripper.setStartPage(page + 1);
        stripper.setEndPage(page + 1);
        stripper.getText(pdf);
        return withoutSpaces(words.toString());
    }

    private static boolean holds(float[] quads, double x, double y) {
        for (int i = 0; i < quads.length; i += 8) {
            float left = Math.min(quads[i], quads[i + 6]);
            float right = Math.max(quads[i], quads[i + 6]);
            float bottom = Math.min(quads[i + 1], quads[i + 7]);
            float top = Math.max(quads[i + 1], quads[i + 7]);
            if (x > left && x < right && y > bottom && y < top) {
                return true;
            }
        }
        return false;
    }
}
