package io.lectern.app.cli;

/** What was asked cannot be done, for a reason that the user can act on. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    Refusal(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Refused with {@link ExitCode#REFUSED}. */
    Refusal(String message) {
        this(ExitCode.REFUSED, message);
    }

    int exitCode() {
        return exitCode;
    }
}
