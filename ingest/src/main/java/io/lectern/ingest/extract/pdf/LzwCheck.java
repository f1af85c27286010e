package io.lectern.ingest.extract.pdf;

import java.io.IOException;
import java.io.InputStream;

/**
 * Follows the codes of LZW data (ISO 32000-2, 7.4.4) without unpacking them. The data has no checksum, but damage soon gives a
 * code that no packer could have written at its place, and PDFBox takes such a code for another one.
 */
final class LzwCheck {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int FIRST_FREE = 258;
    private static final int LARGEST_TABLE = 4096;
    private static final int NARROWEST = 9;
    private static final int WIDEST = 12;

    private final InputStream in;
    private int bits;
    private int count;

    private LzwCheck(InputStream in) {
        this.in = in;
    }

    /**
     * Whether all codes are possible ones. A missing end code is no damage, for some programs leave it away.
     *
     * @param earlyChange 1 if codes get wider one code early, as they do unless the stream says otherwise; else 0
     */
    static boolean isSound(InputStream in, int earlyChange) throws IOException {
        return new LzwCheck(in).follow(earlyChange);
    }

    private boolean follow(int earlyChange) throws IOException {
        int width = NARROWEST;
        int free = FIRST_FREE;
        boolean first = true;
        for (int code = read(width); code >= 0 && code != END; code = read(width)) {
            if (code == CLEAR) {
                free = FIRST_FREE;
                first = true;
            } else if (first) {
                if (code > CLEAR) {
                    return false;
                }
                first = false;
            } else if (code > free) {
                return false;
            } else if (free < LARGEST_TABLE) {
                free++;
            }
            width = NARROWEST;
            while (width < WIDEST && free + earlyChange >= 1 << width) {
                width++;
            }
        }
        return true;
    }

    /** The next code; -1 at the end of the data. */
    private int read(int width) throws IOException {
        while (count < width) {
            int next = in.read();
            if (next < 0) {
                return -1;
            }
            bits = (bits << 8 | next) & 0xFF_FFFF;
            count += 8;
        }
        count -= width;
        return bits >> count & (1 << width) - 1;
    }
}
