package io.lectern.ingest.extract.text;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.extract.Extractor;
import io.lectern.ingest.extract.LineEndHyphens;
import io.lectern.ingest.extract.SourceFile;
import io.lectern.ingest.extract.TextFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads plain text and Markdown: every character as it stands, line ends included. */
public final class TextExtractor implements Extractor {

    @Override
    public Document extract(SourceFile file) throws IOException {
        boolean markdown = TextFiles.formatByName(file) == DocumentFormat.MARKDOWN;
        return TextFiles.read(file, markdown ? DocumentFormat.MARKDOWN : DocumentFormat.TEXT, text -> {
            List<TypedSpan> typedSpans = new ArrayList<>(LineEndHyphens.in(text));
            if (markdown) {
                typedSpans.addAll(MarkdownHeadings.in(text));
                typedSpans.sort(Comparator.comparingInt(typed -> typed.span().start()));
            }
            return typedSpans;
        });
    }
}
