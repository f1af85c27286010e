package io.lectern.app.desktop.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Span;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TextRowsTest {

    @Test
    void numbersLinesAndLeavesTheirEndsOut() {
        String text = "one\r\ntwo\n\nfour";
        TextRows rows = rows(text);
        assertThat(rows.count()).isEqualTo(4);
        assertThat(rows.span(0).of(text)).isEqualTo("one");
        assertThat(rows.span(2)).isEqualTo(new Span(9, 9));
        assertThat(rows.number(3)).isEqualTo(4);
        assertThat(rows.lastNumber()).isEqualTo(4);
        assertThat(rows.rowAt(text.indexOf("four") + 2)).isEqualTo(3);
    }

    @Test
    void cutsAVeryLongLineBetweenWordsUnderOneNumber() {
        String text = "word ".repeat(3_000) + "\nlast";
        TextRows rows = rows(text);
        assertThat(rows.count()).isEqualTo(5);
        assertThat(rows.number(0)).isEqualTo(1);
        assertThat(rows.number(1)).isZero();
        assertThat(rows.number(4)).isEqualTo(2);
        assertThat(rows.span(1).of(text)).startsWith("word ");
    }

    /** Every character but line ends is in exactly one row, and the row of its offset is that one. */
    @Property
    void showsEveryCharacterOnce(@ForAll String text) {
        TextRows rows = rows(text);
        StringBuilder shown = new StringBuilder();
        for (int row = 0; row < rows.count(); row++) {
            Span span = rows.span(row);
            assertThat(span.length()).isLessThanOrEqualTo(TextRows.LONGEST);
            shown.append(span.of(text));
            for (int offset = span.start(); offset < span.end(); offset++) {
                assertThat(rows.rowAt(offset)).isEqualTo(row);
            }
        }
        assertThat(shown.toString()).isEqualTo(text.replaceAll("[\r\n]", ""));
    }

    /** A line of surrogate pairs only is never cut between the halves of one. */
    @Test
    void keepsCharactersWhole() {
        String text = "a" + "\uD83D\uDCC4".repeat(5_000);
        TextRows rows = rows(text);
        for (int row = 1; row < rows.count(); row++) {
            assertThat(Character.isLowSurrogate(text.charAt(rows.span(row).start())))
                    .isFalse();
        }
    }

    private static TextRows rows(String text) {
        return TextRows.of(new Document(
                new DocumentId("0".repeat(64)),
                DocumentFormat.TEXT,
                text,
                List.of(),
                LineLayout.of(text),
                List.of(),
                List.of()));
    }
}
