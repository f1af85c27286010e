package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Span;
import java.util.List;

/**
 * A line of a page's text with the places of its characters. Offsets count from the start of the line.
 *
 * @param text the characters in logical order, without white space at either end
 * @param direction of the line on the page
 * @param start where it begins along the text, in points of the direction's frame
 * @param end where it ends along the text
 * @param top where it begins across the text
 * @param bottom where it ends across the text
 * @param baseline across the text
 * @param size height of its commonest font, in points
 * @param runs places of the characters
 * @param hidden stretches that a person does not see
 */
record TextLine(
        String text,
        Direction direction,
        float start,
        float end,
        float top,
        float bottom,
        float baseline,
        float size,
        List<Run> runs,
        List<HiddenStretch> hidden) {

    /**
     * Characters side by side, as in {@link io.lectern.ingest.document.PageLayout.GlyphRun}.
     *
     * @param start offset of the first character in the line
     */
    record Run(int start, float near, float far, float[] edges) {}

    /** A stretch of the line that a person does not see, and why. */
    record HiddenStretch(Span span, Hidden reason) {}

    int length() {
        return text.length();
    }
}
