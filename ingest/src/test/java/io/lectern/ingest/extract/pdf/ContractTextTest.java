package io.lectern.ingest.extract.pdf;

import static io.lectern.ingest.extract.pdf.SamplePdf.readResource;
import static io.lectern.ingest.extract.pdf.SamplePdf.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is extracted agrees with the text that the contracts' publisher extracted. */
class ContractTextTest {
    private static final String SPORTHALEY = "/contracts/SPORTHALEYINC_09_29_1997-EX-10.2-10-ENDORSEMENT AGREEMENT";
    private static final String CURAEGIS =
            "/contracts/CURAEGISTECHNOLOGIES,INC_05_26_2010-EX-1-CORPORATE SPONSORSHIP AGREEMENT";

    @ParameterizedTest
    @ValueSource(strings = {SPORTHALEY, CURAEGIS})
    void agreesWithTheirText(String name) throws IOException {
        String expected = withoutSpace(Files.readString(resource(name + ".txt")));
        String extracted = withoutSpace(readResource(name + ".pdf").text());

        double indelSimilarity =
                2.0 * longestCommonSubsequence(expected, extracted) / (expected.length() + extracted.length());
        assertThat(indelSimilarity).isGreaterThan(0.998);
    }

    @Test
    void quotationsLeadToTheirPages() throws IOException {
        Document document = readResource(SPORTHALEY + ".pdf");

        assertThat(pageOf(document, "SPORT-HALEY, INC.")).isEqualTo(1);
        assertThat(pageOf(document, "governed by the laws of the State of Colorado"))
                .isEqualTo(2);
    }

    @Test
    void everyCharacterButLineBreaksHasItsPlace() throws IOException {
        Document document = readResource(CURAEGIS + ".pdf");

        for (int i = 0; i < document.text().length(); i++) {
            if (!Character.isWhitespace(document.text().charAt(i))) {
                assertThat(document.locate(new Span(i, i + 1))).isInstanceOf(Locator.Pages.class);
            }
        }
        assertThat(document.text().chars().filter(c -> Character.isISOControl(c) && c != '\n'))
                .isEmpty();
    }

    @Test
    void ligaturesAreLettersAndArabicHasNoControls() throws IOException {
        assertThat(readResource("/pdf/four-pages-latex.pdf").text()).doesNotContain("\uFB01", "\uFB02", "\uFB00");
        assertThat(readResource("/pdf/arabic.pdf").text())
                .contains("حَبيبي")
                .matches(text -> text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n'));
    }

    @Test
    void columnsAreReadOneAfterTheOther() throws IOException {
        assertThat(readResource("/pdf/multicolumn.pdf").text())
                .containsSubsequence("Lorem ipsum dolor sit amet", "Donec nonummy", "pellentesque ante.");
    }

    private static int pageOf(Document document, String quotation) {
        int at = document.text().replace('\n', ' ').indexOf(quotation);
        assertThat(at).as(quotation).isNotNegative();
        Locator.Pages pages = (Locator.Pages) document.locate(new Span(at, at + quotation.length()));
        return pages.areas().getFirst().page();
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("[\\s\\u00A0]+", "");
    }

    private static int longestCommonSubsequence(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            for (int k = 1; k <= other.length(); k++) {
                row[k] = one.charAt(i - 1) == other.charAt(k - 1) ? above[k - 1] + 1 : Math.max(above[k], row[k - 1]);
            }
            above = row;
        }
        return above[other.length()];
    }
}
