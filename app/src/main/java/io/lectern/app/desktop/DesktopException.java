package io.lectern.app.desktop;

/** The desktop cannot be opened; the message says why and what can be done. */
public final class DesktopException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DesktopException(String message) {
        super(message);
    }

    public DesktopException(String message, Throwable cause) {
        super(message, cause);
    }
}
