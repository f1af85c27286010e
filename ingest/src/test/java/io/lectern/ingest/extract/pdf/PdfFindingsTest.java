package io.lectern.ingest.extract.pdf;

import static io.lectern.ingest.extract.pdf.SamplePdf.readResource;
import static io.lectern.ingest.extract.pdf.SamplePdf.resource;
import static io.lectern.ingest.extract.pdf.SamplePdf.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.extract.SourceFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.filter.FilterFactory;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PdfFindingsTest {
    private static final String SPORTHALEY = "/contracts/SPORTHALEYINC_09_29_1997-EX-10.2-10-ENDORSEMENT AGREEMENT.pdf";

    @TempDir
    Path folder;

    @Test
    void aPasswordIsAskedForInWords() throws IOException {
        Document document = readResource("/pdf/encrypted-user-password.pdf");

        assertThat(document.text()).isEmpty();
        assertThat(document.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.ENCRYPTED);
            assertThat(finding.message()).contains("encrypted-user-password.pdf is password-protected");
            assertThat(finding.remedy()).isNotBlank();
        });
    }

    @Test
    void protectionAgainstChangesDoesNotKeepFromReading() throws IOException {
        try (SamplePdf sample = new SamplePdf().page(page -> write(page, 72, 700, "Signed by both parties."))) {
            sample.pdf.protect(new StandardProtectionPolicy("owner", "", new AccessPermission(0)));
            Document document = sample.read(folder);

            assertThat(document.text()).isEqualTo("Signed by both parties.");
            assertThat(document.findings()).isEmpty();
        }
    }

    @Test
    void damagedPagesAreNamedAndTheOthersRead() throws IOException {
        Document document = readResource("/pdf/bitrot-40-bytes.pdf");

        assertThat(document.findings())
                .filteredOn(finding -> finding.kind() == Kind.DAMAGED)
                .extracting(Finding::page)
                .contains(2, 3, 4, 6);
        assertThat(document.text()).contains("MANUFACTURING AND SUPPLY AGREEMENT");
    }

    @Test
    void aPictureBesideTextIsNoted() throws IOException {
        try (SamplePdf sample = new SamplePdf()) {
            sample.page(page -> {
                write(page, 72, 700, "The plan of the premises is part of this lease.");
                page.drawImage(sample.picture(), 72, 400, 200, 200);
            });

            assertThat(sample.read(folder).findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.NOTE);
                assertThat(finding.message()).contains("Text in pictures is not read", "1 page");
            });
        }
    }

    @Test
    void damageIsSeenInLzwData() throws IOException {
        Random random = new Random(7);
        byte[] words = new byte[60_000];
        for (int i = 0; i < words.length; i++) {
            words[i] = (byte) ('a' + random.nextInt(6));
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        FilterFactory.INSTANCE
                .getFilter(COSName.LZW_DECODE)
                .encode(new ByteArrayInputStream(words), packed, new COSDictionary(), 0);
        byte[] data = packed.toByteArray();

        assertThat(LzwCheck.isSound(new ByteArrayInputStream(data), 1)).isTrue();
        data[500] ^= 0x55;
        assertThat(LzwCheck.isSound(new ByteArrayInputStream(data), 1)).isFalse();
    }

    @Test
    void aFileThatWasCutShortSaysHowMuchIsLeft() throws IOException {
        Document document = readResource("/pdf/truncated-60pct.pdf");

        assertThat(document.findings().getFirst().message())
                .contains("cut short")
                .containsPattern("10 pages with 19\\d{3} characters");
        assertThat(document.findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains("pages 1–10 are missing"));
        assertThat(document.text()).contains("DONG-A ST CO., LTD.");
    }

    @Test
    void aScannedPageInATextIsReported() throws IOException {
        Document document = readResource("/pdf/mixed-text-and-scanned-signature-page.pdf");

        assertThat(document.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.PAGE_WITHOUT_TEXT);
            assertThat(finding.page()).isEqualTo(5);
        });
    }

    @Test
    void aScanHasNoTextAndABlankPageIsNoFinding() throws IOException {
        try (SamplePdf scan = new SamplePdf()) {
            scan.page(page -> page.drawImage(scan.picture(), 0, 0, 612, 792));
            assertThat(scan.read(folder).findings()).extracting(Finding::kind).containsExactly(Kind.NO_TEXT_LAYER);
        }
        try (SamplePdf blank =
                new SamplePdf().page(page -> write(page, 72, 700, "Text")).page(page -> {})) {
            assertThat(blank.read(folder).findings()).isEmpty();
        }
    }

    @Test
    void attachedFilesAreSaidNotToBeRead() throws IOException {
        Document document = readResource("/pdf/portfolio.pdf");

        assertThat(document.findings())
                .filteredOn(finding -> finding.severity() == Severity.WARNING)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.kind()).isEqualTo(Kind.PARTS_NOT_READ);
                    assertThat(finding.message()).contains("2 attached files");
                });
    }

    @Test
    void goodFilesHaveNoFindings() throws IOException {
        for (String name : new String[] {
            "/pdf/rotated.pdf",
            "/pdf/rotated-pages.pdf",
            "/pdf/multicolumn.pdf",
            "/pdf/four-pages-latex.pdf",
            SPORTHALEY
        }) {
            assertThat(readResource(name).findings()).as(name).isEmpty();
        }
    }

    @Test
    void noDamageMakesReadingFail() throws IOException {
        byte[] whole = Files.readAllBytes(resource(SPORTHALEY));
        int damaged = 0;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            byte[] bytes = whole.clone();
            for (int i = 0; i < 30; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("damaged-" + seed + ".pdf"), bytes);
            Document document = new PdfExtractor().extract(SourceFile.of(file));
            damaged += document.findings().stream().anyMatch(finding -> finding.severity() != Severity.NOTE) ? 1 : 0;
        }
        assertThat(damaged).isGreaterThan(35);
    }
}
