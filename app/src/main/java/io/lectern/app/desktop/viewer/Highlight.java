package io.lectern.app.desktop.viewer;

import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;

/**
 * A passage to paint.
 *
 * @param span where it stands in the document's text
 * @param locator where it stands in the source
 * @param kind how it is painted
 */
public record Highlight(Span span, Locator locator, Kind kind) {
    /** How a passage is painted. */
    public enum Kind {
        /** The citation in hand. */
        ACTIVE,
        /** Another citation of the same answer. */
        CITED,
        /** A place that find found. */
        FOUND;

        /** The style class of its colour. */
        public String styleClass() {
            return "highlight-" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
