package io.lectern.ingest.document;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * Where a span of a document's text stands in its source: the one address that highlighting, citing, exporting and
 * re-verifying use.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Locator.Pages.class, name = "pages"),
    @JsonSubTypes.Type(value = Locator.Paragraphs.class, name = "paragraphs"),
    @JsonSubTypes.Type(value = Locator.Lines.class, name = "lines")
})
public sealed interface Locator {

    /** The address for people, such as "p. 3", "¶ 12" or "lines 4–6". */
    String label();

    /**
     * Boxes on pages.
     *
     * @param areas one entry a page, in page order, never empty
     */
    record Pages(List<PageArea> areas) implements Locator {
        public Pages {
            areas = List.copyOf(areas);
        }

        @Override
        public String label() {
            int first = areas.getFirst().page();
            int last = areas.getLast().page();
            return first == last ? "p. " + first : "pp. " + first + "–" + last;
        }
    }

    /**
     * The part of a span that stands on one page.
     *
     * @param page counted from 1
     * @param boxes one box a line of text
     */
    record PageArea(int page, List<Box> boxes) {
        public PageArea {
            boxes = List.copyOf(boxes);
        }
    }

    /**
     * Paragraphs of a word processor's document.
     *
     * @param first number of the first paragraph, counted from 1 through the whole document
     * @param last number of the last paragraph
     * @param place the part of the document ("body", "table 2, row 3, cell 1", "footnote 4", "header to body")
     */
    record Paragraphs(int first, int last, String place) implements Locator {
        @Override
        public String label() {
            String numbers = first == last ? "¶ " + first : "¶¶ " + first + "–" + last;
            return place.equals("body") ? numbers : numbers + " (" + place + ")";
        }
    }

    /**
     * Lines of a text file.
     *
     * @param startLine counted from 1
     * @param startColumn counted from 1, in UTF-16 code units
     * @param endLine line of the last character
     * @param endColumn column after the last character
     */
    record Lines(int startLine, int startColumn, int endLine, int endColumn) implements Locator {
        @Override
        public String label() {
            return startLine == endLine ? "line " + startLine : "lines " + startLine + "–" + endLine;
        }
    }
}
