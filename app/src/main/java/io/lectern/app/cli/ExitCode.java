package io.lectern.app.cli;

/** How a command ended, for scripts. */
final class ExitCode {
    static final int DONE = 0;
    /** The command line is wrong. */
    static final int WRONG_USE = 2;
    /** Done, with findings that a person should read. */
    static final int FINDINGS = 3;
    /** A quotation could not be verified. */
    static final int VERIFICATION_FAILED = 4;
    /** Refused: does not fit, locked, not found. */
    static final int REFUSED = 5;
    /** Lectern itself failed. */
    static final int INTERNAL = 70;

    private ExitCode() {}
}
