package io.lectern.app.desktop;

/**
 * What opening the desktop came to.
 *
 * @param firstWindowMillis milliseconds from the start of the Java virtual machine until the window had been painted once
 */
public record DesktopResult(long firstWindowMillis) {}
