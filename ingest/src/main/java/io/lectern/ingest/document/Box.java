package io.lectern.ingest.document;

/**
 * A rectangle on a displayed page, in points (1/72 inch) from its top left corner, y growing downwards.
 */
public record Box(float x, float y, float width, float height) {
    /** The smallest rectangle that holds both. */
    public Box union(Box other) {
        float left = Math.min(x, other.x);
        float top = Math.min(y, other.y);
        return new Box(
                left,
                top,
                Math.max(x + width, other.x + other.width) - left,
                Math.max(y + height, other.y + other.height) - top);
    }
}
