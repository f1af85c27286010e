package io.lectern.app.desktop.conversation;

/** A question without a document to read. */
public final class NothingChosenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingChosenException() {
        super("No document is checked. Check what the model should read in the library, then ask again.");
    }
}
