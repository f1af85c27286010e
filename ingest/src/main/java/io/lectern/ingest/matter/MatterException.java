package io.lectern.ingest.matter;

/** A matter that cannot be used as asked. The message says what a person can do about it and holds no document text. */
public final class MatterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The file is something else. */
        NOT_A_MATTER,
        /** A newer Lectern has written it. */
        NEWER_VERSION,
        /** Its content contradicts itself. */
        DAMAGED,
        /** Another program has been writing to it for too long. */
        BUSY,
        /** The file or its folder cannot be written. */
        READ_ONLY,
        /** No space is left on the disk. */
        NO_SPACE,
        /** A file, folder, document or other thing that was asked for is not there. */
        NOT_FOUND,
        /** Anything else that the database reports. */
        FAILED
    }

    private final Reason reason;

    public MatterException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public MatterException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
