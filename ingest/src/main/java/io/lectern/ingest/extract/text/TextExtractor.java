package io.lectern.ingest.extract.text;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.extract.Extractor;
import io.lectern.ingest.extract.PlainText;
import io.lectern.ingest.extract.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Reads plain text and Markdown: every character as it stands, line ends included. */
public final class TextExtractor implements Extractor {

    @Override
    public Document extract(SourceFile file) throws IOException {
        PlainText.Decoded decoded = PlainText.decode(Files.readAllBytes(file.path()));
        List<Finding> findings = new ArrayList<>();
        if (decoded.guessed()) {
            findings.add(Finding.ofFile(
                    Kind.CHARSET_GUESSED,
                    Severity.WARNING,
                    file.name() + " does not say how its letters are encoded; it was read as " + decoded.charset()
                            + ".",
                    "Look at accents, quotes and currency signs; if they are wrong, save the file as UTF-8."));
        }
        return new Document(
                file.id(),
                DocumentFormat.TEXT,
                decoded.text(),
                List.of(),
                LineLayout.of(decoded.text()),
                List.of(),
                findings);
    }
}
