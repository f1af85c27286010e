package io.lectern.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.NamedDocument;
import io.lectern.app.analysis.QuoteVerifier;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.extract.DocumentReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    @Test
    void theExpectedSpansStandInTheSamples(@TempDir Path folder) {
        Demo demo = Demo.load();
        List<NamedDocument> documents = demo.writeDocuments(folder).stream()
                .map(path -> new NamedDocument(path.getFileName().toString(), new DocumentReader().read(path)))
                .toList();
        QuoteVerifier verifier = QuoteVerifier.over(documents);

        assertThat(documents).hasSize(3).allMatch(named -> named.document().isReadable());
        assertThat(demo.questions()).hasSize(5);
        assertThat(demo.questions()).filteredOn(Demo.Question::isAnswerable).hasSize(4);
        for (Demo.Question question : demo.questions()) {
            for (Demo.Expected expected : question.expected()) {
                QuoteVerifier.Result result = verifier.verify(expected.text());
                assertThat(result.verbatim()).as(expected.text()).isEqualTo(Verbatim.VERIFIED);
                assertThat(result.passage().documentName()).isEqualTo(expected.document());
            }
        }
        assertThat(folder.resolve("README.md")).content().contains("CC BY 4.0");
    }
}
