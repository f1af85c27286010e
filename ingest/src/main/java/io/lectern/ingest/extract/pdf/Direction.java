package io.lectern.ingest.extract.pdf;

/**
 * The direction in which text advances on the displayed page. Each has a frame of its own, in which the text is upright:
 * <em>along</em> grows with the direction of the text, <em>across</em> grows from the top of a line to its bottom.
 */
enum Direction {
    RIGHTWARDS,
    DOWNWARDS,
    LEFTWARDS,
    UPWARDS;

    /** The direction nearest to the vector (x, y) of the displayed page. */
    static Direction of(double x, double y) {
        if (Math.abs(x) >= Math.abs(y)) {
            return x >= 0 ? RIGHTWARDS : LEFTWARDS;
        }
        return y >= 0 ? DOWNWARDS : UPWARDS;
    }

    boolean vertical() {
        return this == DOWNWARDS || this == UPWARDS;
    }

    /** Whether positions on the page fall as the text goes on. */
    boolean falls() {
        return this == LEFTWARDS || this == UPWARDS;
    }

    float along(float x, float y) {
        return switch (this) {
            case RIGHTWARDS -> x;
            case DOWNWARDS -> y;
            case LEFTWARDS -> -x;
            case UPWARDS -> -y;
        };
    }

    float across(float x, float y) {
        return switch (this) {
            case RIGHTWARDS -> y;
            case DOWNWARDS -> -x;
            case LEFTWARDS -> -y;
            case UPWARDS -> x;
        };
    }

    /** The page's coordinate at a position along the text. */
    float pageAlong(float along) {
        return falls() ? -along : along;
    }

    /** The page's coordinate at a position across the text. */
    float pageAcross(float across) {
        return this == DOWNWARDS || this == LEFTWARDS ? -across : across;
    }
}
