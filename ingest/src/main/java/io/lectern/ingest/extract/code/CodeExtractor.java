package io.lectern.ingest.extract.code;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.extract.Extractor;
import io.lectern.ingest.extract.SourceFile;
import io.lectern.ingest.extract.TextFiles;
import java.io.IOException;
import java.util.List;

/** Reads source files, data and markup: every character as it stands, nothing joined or marked. */
public final class CodeExtractor implements Extractor {

    @Override
    public Document extract(SourceFile file) throws IOException {
        return TextFiles.read(file, DocumentFormat.CODE, text -> List.of());
    }
}
