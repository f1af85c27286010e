package io.lectern.app.analysis;

import io.lectern.engine.EngineException;

/** A server failed while a question was being answered. What was written until then is not lost. */
public final class AnswerBrokenOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Answer partial;

    AnswerBrokenOffException(Answer partial, EngineException cause) {
        super(cause.getMessage(), cause);
        this.partial = partial;
    }

    /** What there was, as an answer that was stopped. */
    public Answer partial() {
        return partial;
    }
}
