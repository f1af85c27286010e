package io.lectern.engine;

/** Something an engine refuses or cannot do, said so that a user can act on it. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a caller can tell apart. */
    public enum Reason {
        /** More tokens, or more memory, than there is. */
        DOES_NOT_FIT,
        /** The model file is missing, damaged or of a kind that this engine does not know. */
        MODEL_UNUSABLE,
        /** The embedded model is not on this machine and could not be had. */
        MODEL_MISSING,
        /** A server cannot be reached, refuses, or does not answer as it should. */
        SERVER,
        /** The device that was asked for is not there. */
        DEVICE_MISSING,
        /** The engine cannot do what was asked, or failed while doing it. */
        FAILED
    }

    private final Reason reason;

    public EngineException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public EngineException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
