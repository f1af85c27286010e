package io.lectern.app.desktop.library;

/** How much of a row is chosen for the model to read. */
public enum Choice {
    NONE,
    SOME,
    ALL
}
