package io.lectern.ingest.extract.pdf;

import static io.lectern.ingest.extract.pdf.SamplePdf.readResource;
import static io.lectern.ingest.extract.pdf.SamplePdf.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningLinesTest {
    private static final String[] SENTENCES = {
        "The parties agree as", "follows and in every", "case with due regard", "to the law in force."
    };

    @TempDir
    Path folder;

    @Test
    void repeatedLinesAndPageNumbersAreMarkedAndTheTextGoesOnWithoutThem() throws IOException {
        Document document = document(4);

        assertThat(texts(document, Type.RUNNING_HEADER))
                .hasSize(4)
                .allMatch(text -> text.strip().equals("MASTER AGREEMENT"));
        assertThat(texts(document, Type.RUNNING_FOOTER))
                .extracting(String::strip)
                .containsExactly("Page 1 of 9", "Page 2 of 9", "Page 3 of 9", "Page 4 of 9");
        StringBuilder rest = new StringBuilder(document.text());
        for (TypedSpan typed : document.typedSpans().reversed()) {
            rest.delete(typed.span().start(), typed.span().end());
        }
        assertThat(rest.toString()).isEqualTo(String.join("\n", SENTENCES));
    }

    @Test
    void aDocumentOfTwoPagesHasNone() throws IOException {
        assertThat(document(2).typedSpans()).isEmpty();
    }

    @Test
    void aContractWithoutAnyHasNone() throws IOException {
        assertThat(readResource("/contracts/SPORTHALEYINC_09_29_1997-EX-10.2-10-ENDORSEMENT AGREEMENT.pdf")
                        .typedSpans())
                .isEmpty();
    }

    private Document document(int pages) throws IOException {
        try (SamplePdf sample = new SamplePdf()) {
            for (int i = 0; i < pages; i++) {
                int number = i;
                sample.page(page -> {
                    write(page, 72, 750, "MASTER AGREEMENT");
                    write(page, 72, 400, SENTENCES[number]);
                    write(page, 280, 40, "Page " + (number + 1) + " of 9");
                });
            }
            return sample.read(folder);
        }
    }

    private static List<String> texts(Document document, Type type) {
        return document.typedSpans().stream()
                .filter(typed -> typed.type() == type)
                .map(typed -> typed.span().of(document.text()))
                .toList();
    }
}
