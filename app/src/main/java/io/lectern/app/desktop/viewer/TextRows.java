package io.lectern.app.desktop.viewer;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.PageLayout;
import io.lectern.ingest.document.ParagraphLayout;
import io.lectern.ingest.document.Span;
import java.util.Arrays;

/**
 * A document's text cut into rows that a list can show one by one: its lines or paragraphs, very long ones in pieces, so
 * that no row is ever costly to lay out. Holds offsets only.
 */
final class TextRows {
    /** Characters of a row at most. */
    static final int LONGEST = 4_000;

    private final String text;
    private int count;
    private int[] starts = new int[64];
    /** The number to show beside a row, counted from 1; 0 for the further pieces of a long one. */
    private int[] numbers = new int[64];

    private TextRows(String text) {
        this.text = text;
    }

    static TextRows of(Document document) {
        TextRows rows = new TextRows(document.text());
        switch (document.layout()) {
            case LineLayout lines -> rows.addUnits(lines.starts());
            case ParagraphLayout paragraphs ->
                rows.addUnits(paragraphs.paragraphs().stream()
                        .mapToInt(ParagraphLayout.Paragraph::start)
                        .toArray());
            case PageLayout pages ->
                rows.addUnits(LineLayout.of(document.text()).starts());
        }
        return rows;
    }

    int count() {
        return count;
    }

    /** The number of the line or paragraph that begins here, or 0. */
    int number(int row) {
        return numbers[row];
    }

    /** The largest number. */
    int lastNumber() {
        int row = count - 1;
        while (row > 0 && numbers[row] == 0) {
            row--;
        }
        return count == 0 ? 0 : numbers[row];
    }

    /** A row's part of the text, without the line break at its end. */
    Span span(int row) {
        int start = starts[row];
        int end = row + 1 < count ? starts[row + 1] : text.length();
        while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return new Span(start, end);
    }

    /** The row that holds an offset of the text. */
    int rowAt(int offset) {
        int found = Arrays.binarySearch(starts, 0, count, offset);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }

    private void addUnits(int[] unitStarts) {
        for (int unit = 0; unit < unitStarts.length; unit++) {
            int end = unit + 1 < unitStarts.length ? unitStarts[unit + 1] : text.length();
            int start = unitStarts[unit];
            add(start, unit + 1);
            while (end - start > LONGEST) {
                start = pieceEnd(start);
                add(start, 0);
            }
        }
    }

    /** Behind the last space that keeps a piece within the limit; never between the halves of a character. */
    private int pieceEnd(int start) {
        int limit = start + LONGEST;
        int space = text.lastIndexOf(' ', limit - 1);
        int end = space > start ? space + 1 : limit;
        return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
    }

    private void add(int start, int number) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            numbers = Arrays.copyOf(numbers, count * 2);
        }
        starts[count] = start;
        numbers[count++] = number;
    }
}
