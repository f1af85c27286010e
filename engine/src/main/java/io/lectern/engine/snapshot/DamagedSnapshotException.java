package io.lectern.engine.snapshot;

/** A file of a snapshot is not what was written: cut short, altered, missing or put in another's place. */
public final class DamagedSnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedSnapshotException(String message) {
        super(message);
    }

    public DamagedSnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
