package io.lectern.ingest.extract.pdf;

/**
 * A glyph with the characters it stands for, placed in the frame of its {@link Direction}; lengths in points.
 *
 * @param text the characters it stands for, in logical order
 * @param direction of the text it belongs to
 * @param start where its cell begins along the text
 * @param end where it ends along the text
 * @param top where its cell begins across the text
 * @param bottom where it ends across the text
 * @param baseline the line it stands on, across the text
 * @param size height of the font
 * @param spaceWidth width of a space in its font
 * @param hidden why a person who looks at the page does not see it; null if they do
 */
record Glyph(
        String text,
        Direction direction,
        float start,
        float end,
        float top,
        float bottom,
        float baseline,
        float size,
        float spaceWidth,
        Hidden hidden) {

    float width() {
        return end - start;
    }

    boolean isBlank() {
        return Characters.isBlank(text);
    }

    /** Whether its first character runs from right to left by itself. */
    boolean isRightToLeft() {
        return !text.isEmpty() && Characters.isRightToLeft(text.codePointAt(0));
    }
}
