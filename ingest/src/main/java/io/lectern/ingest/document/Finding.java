package io.lectern.ingest.document;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Something a person should know about a file before relying on what was read of it.
 *
 * @param kind what was found
 * @param severity how much it matters
 * @param page the page it concerns, counted from 1; 0 for the whole file
 * @param message what is so, in words for the user, without text of the document
 * @param remedy what the user can do about it; empty if nothing needs doing
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Finding(Kind kind, Severity severity, int page, String message, String remedy) {

    /** The kinds of findings. */
    public enum Kind {
        ENCRYPTED,
        DAMAGED,
        EMPTY,
        MISLABELLED,
        NO_TEXT_LAYER,
        PAGE_WITHOUT_TEXT,
        HIDDEN_TEXT,
        DELETED_REVISIONS,
        PARTS_NOT_READ,
        CHARSET_GUESSED,
        TOO_BIG,
        UNSUPPORTED,
        UNREADABLE,
        DUPLICATE,
        OLDER_READING,
        LEFT_OUT
    }

    /** How much a finding matters. */
    public enum Severity {
        /** Good to know; everything was read. */
        NOTE,
        /** Something may be missing or not what it seems. */
        WARNING,
        /** Nothing, or not all, could be read. */
        ERROR
    }

    public Finding {
        remedy = remedy == null ? "" : remedy;
    }

    /** A finding about the whole file. */
    public static Finding ofFile(Kind kind, Severity severity, String message, String remedy) {
        return new Finding(kind, severity, 0, message, remedy);
    }
}
