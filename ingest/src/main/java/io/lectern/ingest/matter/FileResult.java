package io.lectern.ingest.matter;

/**
 * What became of one file when paths were ingested.
 *
 * @param outcome what was done
 * @param entry the file as the library now has it
 */
public record FileResult(Outcome outcome, LibraryEntry entry) {

    /** What was done with a file. */
    public enum Outcome {
        /** Not known before. */
        ADDED,
        /** Known, with another content: the document is a new version of the same path. */
        CHANGED,
        /** Known, with the same content; nothing was read. */
        UNCHANGED,
        /** Known, with the same content, of which this Lectern reads more than the one that added it: the text is renewed. */
        READ_AGAIN,
        /** Known, but gone from its folder; marked, not deleted. */
        MISSING,
        /** Not read, by choice (ignored, binary, generated, secret). */
        LEFT_OUT,
        /** It could not be read this time (no permission, being changed, too little memory); the next run tries again. */
        FAILED
    }
}
