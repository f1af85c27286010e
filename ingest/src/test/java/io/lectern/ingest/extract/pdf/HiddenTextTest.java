package io.lectern.ingest.extract.pdf;

import static io.lectern.ingest.extract.pdf.SamplePdf.HELVETICA;
import static io.lectern.ingest.extract.pdf.SamplePdf.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.document.TypedSpan;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.pdfbox.pdmodel.graphics.state.RenderingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HiddenTextTest {
    @TempDir
    Path folder;

    @Test
    void everyWayOfHidingIsSeen() throws IOException {
        try (SamplePdf sample = new SamplePdf()) {
            sample.page(page -> {
                write(page, 72, 740, "plain");
                page.setNonStrokingColor(Color.WHITE);
                write(page, 72, 700, "white");
                page.setNonStrokingColor(Color.BLACK);
                page.setFont(HELVETICA, 0.5f);
                write(page, 72, 660, "tiny");
                page.setFont(HELVETICA, 12);
                write(page, 700, 620, "outside");
                page.setRenderingMode(RenderingMode.NEITHER);
                write(page, 72, 580, "invisible");
                page.setRenderingMode(RenderingMode.FILL);
                page.saveGraphicsState();
                page.addRect(0, 0, 50, 50);
                page.clip();
                write(page, 72, 540, "clipped");
                page.restoreGraphicsState();
                write(page, 72, 500, "redacted");
                page.addRect(60, 490, 100, 30);
                page.fill();
                page.addRect(60, 440, 100, 30);
                page.fill();
                page.setNonStrokingColor(Color.WHITE);
                write(page, 72, 450, "white on black");
            });
            Document document = sample.read(folder);

            Map<String, String> reasons = document.typedSpans().stream()
                    .filter(typed -> typed.type() == TypedSpan.Type.HIDDEN_TEXT)
                    .collect(Collectors.toMap(typed -> typed.span().of(document.text()), TypedSpan::note));
            assertThat(reasons)
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "white", Hidden.COLOUR_OF_BACKGROUND.reason(),
                            "tiny", Hidden.TOO_SMALL.reason(),
                            "outside", Hidden.OUTSIDE_PAGE.reason(),
                            "invisible", Hidden.INVISIBLE_MODE.reason(),
                            "clipped", Hidden.CLIPPED.reason(),
                            "redacted", Hidden.COVERED.reason()));
            assertThat(document.text()).contains("plain").contains("white on black");
            assertThat(document.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.HIDDEN_TEXT);
        }
    }

    @Test
    void theTextLayerOfAScanIsTextAndIsSaidToBeRecognised() throws IOException {
        try (SamplePdf sample = new SamplePdf()) {
            sample.page(page -> {
                page.drawImage(sample.picture(), 0, 0, 612, 792);
                page.setRenderingMode(RenderingMode.NEITHER);
                write(page, 72, 700, "The term of this Agreement is five years.");
            });
            Document document = sample.read(folder);

            assertThat(document.text()).isEqualTo("The term of this Agreement is five years.");
            assertThat(document.typedSpans()).isEmpty();
            assertThat(document.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.NOTE);
                assertThat(finding.message()).contains("text recognition");
            });
        }
    }
}
