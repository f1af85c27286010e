package io.lectern.app.analysis;

/** Whether a passage bears the claim it is cited for. Never merged with {@link Verbatim}. */
public enum Support {
    YES,
    WEAK,
    UNCHECKED
}
