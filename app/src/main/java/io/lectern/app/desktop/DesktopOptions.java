package io.lectern.app.desktop;

import java.nio.file.Path;

/**
 * How the desktop is opened.
 *
 * @param matter the matter to open, made if it is not there; null to start without one
 * @param modelFile the model that answers; null for the embedded one
 * @param snapshot where to save a picture of the window, drawn without a display, instead of showing it; null to show it
 */
public record DesktopOptions(Path matter, Path modelFile, Path snapshot) {}
