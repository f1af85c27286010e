package io.lectern.app.analysis;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Small documents for tests. */
final class Documents {
    private Documents() {}

    static NamedDocument text(String name, String text, TypedSpan... typed) {
        return new NamedDocument(
                name,
                new Document(
                        id(text),
                        DocumentFormat.TEXT,
                        text,
                        List.of(),
                        LineLayout.of(text),
                        List.of(typed),
                        List.of()));
    }

    static TypedSpan typed(String text, String part, TypedSpan.Type type) {
        int start = text.indexOf(part);
        return new TypedSpan(new Span(start, start + part.length()), type, "");
    }

    private static DocumentId id(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new DocumentId(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
