package io.lectern.ingest.extract.pdf;

import static io.lectern.ingest.extract.pdf.SamplePdf.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Page;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.extract.SourceFile;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripperByArea;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The boxes lie on the glyphs: shown by the ink of drawn pages and by extraction of what lies in the boxes. */
class GlyphPlacesTest {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{3,}");
    private static final int SCALE = 2;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/pdf/rotated.pdf",
                "/pdf/rotated-pages.pdf",
                "/pdf/multicolumn.pdf",
                "/contracts/SPORTHALEYINC_09_29_1997-EX-10.2-10-ENDORSEMENT AGREEMENT.pdf"
            })
    void inkLiesInBoxesAndBoxesHoldInk(String name) throws IOException {
        Path file = resource(name);
        Document document = new PdfExtractor().extract(SourceFile.of(file));
        try (PdfPages pages = PdfPages.open(file)) {
            assertThat(pages.count()).isEqualTo(document.pages().size());
            for (Page page : document.pages().subList(0, Math.min(5, pages.count()))) {
                BufferedImage picture = pages.render(page.number(), SCALE);
                assertThat(pages.size(page.number())).isEqualTo(new PdfPages.Size(page.width(), page.height()));
                assertThat(picture.getWidth())
                        .isBetween((int) (page.width() * SCALE) - 1, (int) (page.width() * SCALE) + 1);
                checkInk(name + " page " + page.number(), document, page, picture);
            }
        }
    }

    private static void checkInk(String what, Document document, Page page, BufferedImage picture) {
        int ink = ink(picture, new Box(0, 0, page.width(), page.height()));
        int inBoxes = 0;
        int words = 0;
        for (Span word : words(document, page, Pattern.compile("\\S*[\\p{L}\\p{N}]\\S*"))) {
            for (Box box : boxes(document, word)) {
                Box withGrace = new Box(box.x() - 0.5f, box.y() - 0.5f, box.width() + 1, box.height() + 1);
                int inBox = ink(picture, withGrace);
                assertThat(inBox).as(what + ": ink under a word").isPositive();
                inBoxes += inBox;
            }
            words++;
        }
        assertThat(words).as(what).isPositive();
        // Rules, frames and bullets drawn as pictures are ink outside; overlapping boxes count some ink twice.
        assertThat((double) inBoxes / ink).as(what + ": share of ink in boxes").isBetween(0.7, 1.25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/pdf/rotated-pages.pdf",
                "/pdf/multicolumn.pdf",
                "/contracts/CURAEGISTECHNOLOGIES,INC_05_26_2010-EX-1-CORPORATE SPONSORSHIP AGREEMENT.pdf"
            })
    void whatLiesInAWordsBoxIsTheWord(String name) throws IOException {
        Path file = resource(name);
        Document document = new PdfExtractor().extract(SourceFile.of(file));
        int right = 0;
        int tried = 0;
        try (PDDocument pdf = Loader.loadPDF(file.toFile())) {
            for (Page page :
                    document.pages().subList(0, Math.min(5, document.pages().size()))) {
                PDFTextStripperByArea stripper = new PDFTextStripperByArea();
                List<Span> words = words(document, page, WORD);
                for (int i = 0; i < words.size(); i += 5) {
                    Box box = boxes(document, words.get(i)).getFirst();
                    stripper.addRegion(
                            "" + i,
                            new Rectangle2D.Float(
                                    box.x() - 0.1f, box.y() - 0.1f, box.width() + 0.2f, box.height() + 0.2f));
                }
                stripper.extractRegions(pdf.getPage(page.number() - 1));
                for (int i = 0; i < words.size(); i += 5) {
                    tried++;
                    // Of turned text, PDFBox makes a line of every letter.
                    right += stripper.getTextForRegion("" + i)
                                    .replaceAll("\\s+", "")
                                    .contains(words.get(i).of(document.text()))
                            ? 1
                            : 0;
                }
            }
        }
        assertThat(tried).isGreaterThan(80);
        assertThat((double) right / tried).isGreaterThan(0.98);
    }

    private static List<Span> words(Document document, Page page, Pattern pattern) {
        Matcher matcher = pattern.matcher(document.text());
        matcher.region(page.span().start(), page.span().end());
        List<Span> words = new ArrayList<>();
        while (matcher.find()) {
            words.add(new Span(matcher.start(), matcher.end()));
        }
        return words;
    }

    private static List<Box> boxes(Document document, Span span) {
        return ((Locator.Pages) document.locate(span)).areas().getFirst().boxes();
    }

    private static int ink(BufferedImage picture, Box box) {
        int dark = 0;
        int right = Math.min(picture.getWidth(), Math.round((box.x() + box.width()) * SCALE));
        int bottom = Math.min(picture.getHeight(), Math.round((box.y() + box.height()) * SCALE));
        for (int y = Math.max(0, Math.round(box.y() * SCALE)); y < bottom; y++) {
            for (int x = Math.max(0, Math.round(box.x() * SCALE)); x < right; x++) {
                int rgb = picture.getRGB(x, y);
                if ((rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF) < 480) {
                    dark++;
                }
            }
        }
        return dark;
    }
}
