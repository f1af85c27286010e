package io.lectern.ingest.document;

import java.util.List;

/**
 * Paragraphs of a word processor's document.
 *
 * @param paragraphs in the order of the text, covering all of it
 */
public record ParagraphLayout(List<Paragraph> paragraphs) implements Layout {

    /**
     * A paragraph.
     *
     * @param number counted from 1 through the whole document
     * @param start offset of its first character in {@link Document#text()}
     * @param place the part of the document it stands in ("body", "table 2, row 3, cell 1", "footnote 4")
     */
    public record Paragraph(int number, int start, String place) {}

    public ParagraphLayout {
        paragraphs = List.copyOf(paragraphs);
    }

    @Override
    public Locator.Paragraphs locate(Span span) {
        Paragraph first = paragraphs.get(LineLayout.lastStartAtOrBefore(
                paragraphs.size(), i -> paragraphs.get(i).start(), span.start()));
        Paragraph last = paragraphs.get(LineLayout.lastStartAtOrBefore(
                paragraphs.size(), i -> paragraphs.get(i).start(), Math.max(span.start(), span.end() - 1)));
        return new Locator.Paragraphs(first.number(), last.number(), place(first, last));
    }

    /** The place that holds both ends, or both places where they are two. */
    private static String place(Paragraph first, Paragraph last) {
        return first.place().equals(last.place()) ? first.place() : first.place() + " to " + last.place();
    }
}
