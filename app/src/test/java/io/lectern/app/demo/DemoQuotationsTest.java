package io.lectern.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.NamedDocument;
import io.lectern.app.analysis.QuoteVerifier;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.extract.DocumentReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The annotated spans of the sample contracts with one thing changed: none may pass for what the contract says. */
class DemoQuotationsTest {
    /** What is changed, wherever it stands behind the first word, and what it becomes. */
    private static final Map<String, String> CHANGES = Map.of(
            "(?<=\\d)\\d(?=\\D)", "7",
            "(?<=\\w )not ", "",
            "(?<=\\w )without ", "with ",
            "(?<=\\w )except ", "including ",
            "(?<=\\w )(?:shall|may|will)(?= )", "should",
            "(?<=\\w )(?=be |promptly )", "not ",
            "(?<=\\w )(?:Professional|Company|Receiving|Disclosing)", "Distributor",
            "(?<=\\w )(?:New York|Colorado)", "Delaware",
            "(?<=\\w )any ", "no ");

    @Test
    void changedSpansAreNotFound(@TempDir Path folder) {
        Demo demo = Demo.load();
        QuoteVerifier verifier = QuoteVerifier.over(demo.writeDocuments(folder).stream()
                .map(path -> new NamedDocument(path.getFileName().toString(), new DocumentReader().read(path)))
                .toList());
        List<String> spans = demo.questions().stream()
                .flatMap(question -> question.expected().stream())
                .map(Demo.Expected::text)
                .toList();
        int tried = 0;
        for (String span : spans) {
            for (Map.Entry<String, String> change : CHANGES.entrySet()) {
                List<MatchResult> places =
                        Pattern.compile(change.getKey()).matcher(span).results().toList();
                for (MatchResult place : places) {
                    String changed = span.substring(0, place.start()) + change.getValue() + span.substring(place.end());
                    assertThat(verifier.verify(changed).verbatim()).as(changed).isEqualTo(Verbatim.NOT_FOUND);
                    tried++;
                }
            }
        }
        assertThat(tried).isGreaterThan(25);
    }
}
