package io.lectern.app.analysis;

/** Whether quoted words stand in the source. Never merged with {@link Support}: words can be there and prove nothing. */
public enum Verbatim {
    /** The words stand at the place given. */
    VERIFIED,
    /** The model's wording differs a little; the source's own words are shown instead. */
    REPAIRED,
    /** The words stand nowhere in what was read; they are not shown as a quotation. */
    NOT_FOUND
}
