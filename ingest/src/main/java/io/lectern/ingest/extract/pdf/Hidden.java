package io.lectern.ingest.extract.pdf;

/** Why text of a page is not seen by a person who looks at it. */
enum Hidden {
    INVISIBLE_MODE("drawn in the invisible mode"),
    TRANSPARENT("fully transparent"),
    COLOUR_OF_BACKGROUND("in the colour of its background"),
    TOO_SMALL("too small to be seen"),
    OUTSIDE_PAGE("outside the page"),
    CLIPPED("clipped away"),
    COVERED("covered by a painted box");

    private final String reason;

    Hidden(String reason) {
        this.reason = reason;
    }

    /** The reason for people, to stand behind "text that is". */
    String reason() {
        return reason;
    }
}
