package io.lectern.ingest.document;

import java.util.Arrays;

/**
 * Leads from one way of counting a text to the other: from UTF-16 code units, as this program does, to Unicode code points,
 * as most other programs and every JSON that leaves Lectern do.
 */
public final class CodePointOffsets {
    /** What JSON that leaves Lectern calls this way of counting, in its field {@code offsetUnit}. */
    public static final String UNIT = "unicode-code-point";

    /** Offsets in code units of the second halves of surrogate pairs, ascending. */
    private final int[] secondHalves;

    /** Looks through {@code text} once; every question is then a search among its surrogate pairs. */
    public CodePointOffsets(String text) {
        int[] found = new int[16];
        int count = 0;
        for (int i = 1; i < text.length(); i++) {
            if (Character.isLowSurrogate(text.charAt(i)) && Character.isHighSurrogate(text.charAt(i - 1))) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = i;
            }
        }
        secondHalves = Arrays.copyOf(found, count);
    }

    /** The number of code points before the code unit at {@code offset}. */
    public int toCodePoints(int offset) {
        int place = Arrays.binarySearch(secondHalves, offset);
        return offset - (place >= 0 ? place : -place - 1);
    }
}
