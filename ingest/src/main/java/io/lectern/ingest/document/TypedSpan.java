package io.lectern.ingest.document;

/**
 * A stretch of a document's text that is not ordinary running text. The text keeps its characters; what a reader or a
 * prompt does with them depends on the type.
 *
 * @param span where it stands in {@link Document#text()}
 * @param type what it is
 * @param note what else is known (who deleted it and when, why it counts as hidden); empty if nothing
 */
public record TypedSpan(Span span, Type type, String note) {

    /** The kinds of text that are not ordinary running text. */
    public enum Type {
        /** A line repeated at the head of pages. */
        RUNNING_HEADER,
        /** A line repeated at the foot of pages, page numbers included. */
        RUNNING_FOOTER,
        /** A hyphen that only breaks a word at a line's end, with the line break behind it. */
        LINE_END_HYPHEN,
        /** Text that a person who looks at the page does not see. */
        HIDDEN_TEXT,
        /** Text that a tracked change has taken out. */
        DELETED_REVISION,
        /** Text that a tracked change has put in: live text. */
        INSERTED_REVISION,
        /** A comment beside the text. */
        COMMENT,
        /** A footnote or endnote. */
        FOOTNOTE,
        /** A heading. */
        HEADING
    }

    public TypedSpan {
        note = note == null ? "" : note;
    }
}
