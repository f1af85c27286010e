package io.lectern.engine.remote;

import io.lectern.engine.EngineException;

/** A server understood a request and did not take it as it was: another form of it may be taken. Never leaves the package. */
final class RefusedRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final EngineException refusal;

    RefusedRequest(EngineException refusal) {
        super(refusal.getMessage(), refusal);
        this.refusal = refusal;
    }

    /** What it means to a user, if no other form is taken. */
    EngineException refusal() {
        return refusal;
    }
}
