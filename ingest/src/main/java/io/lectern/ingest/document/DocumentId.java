package io.lectern.ingest.document;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The identity of a document: the SHA-256 of its bytes, so that a moved file is the same document and a changed one is
 * another.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record DocumentId(@JsonValue String sha256) {
    @JsonCreator
    public DocumentId {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal: " + sha256);
        }
    }

    /** The first twelve digits, enough to tell documents apart on paper. */
    public String abbreviated() {
        return sha256.substring(0, 12);
    }

    @Override
    public String toString() {
        return sha256;
    }
}
