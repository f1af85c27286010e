package io.lectern.app.analysis;

import com.ibm.icu.text.Normalizer2;
import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.Span;

/**
 * The one place in which texts are made comparable, with a map back to the offsets they came from.
 *
 * <p>What extraction and typing do to the look of a text is folded: canonical composition (NFC), the ligatures, quotation
 * marks, dashes, spaces and invisible characters of the tables below, words broken at a line's end, and runs of white
 * space, which become one space. What carries meaning is kept: case, punctuation, and every superscript, fraction and
 * circled digit. Compatibility forms (NFKC) are never used, because they turn 10² into 102.
 */
public final class Normaliser {

    /** What becomes of a hyphen between letters at a line's end. */
    public enum LineEndHyphen {
        /** It only breaks a word: it goes, with the line break. */
        JOIN,
        /** It belongs to the word ("non-" / "exclusive"): it stays, without the line break. */
        KEEP
    }

    /** Typewriters and TeX write a double quotation mark as two single ones, so that is the form all are brought to. */
    private static final String DOUBLE_QUOTE = "''";

    private static final Normalizer2 NFC = Normalizer2.getNFCInstance();

    private final String text;
    private final LineEndHyphen hyphens;
    private final MappedText.Builder builder = new MappedText.Builder();
    private boolean endsWithSpace;

    private Normaliser(String text, LineEndHyphen hyphens) {
        this.text = text;
        this.hyphens = hyphens;
    }

    /** The normal form of a text on its own, broken words joined, with no space at either end. */
    public static String normalise(String text) {
        return normalise(text, LineEndHyphen.JOIN);
    }

    static String normalise(String text, LineEndHyphen hyphens) {
        return map(text, hyphens).text().strip();
    }

    /**
     * The normal form of a text, as a map from it back to the text.
     *
     * @param text any text
     * @param hyphens how words broken at a line's end are read
     */
    public static MappedText map(String text, LineEndHyphen hyphens) {
        return new Normaliser(text, hyphens).map();
    }

    private MappedText map() {
        int at = 0;
        while (at < text.length()) {
            int end = unitEnd(at);
            if (end - at == 1 && text.charAt(at) < 0x80) {
                end = foldAscii(at);
            } else {
                foldUnit(new Span(at, end));
            }
            at = end;
        }
        return builder.build();
    }

    /** End of the stretch from {@code start} that can be composed apart from what follows. */
    private int unitEnd(int start) {
        boolean alone = text.charAt(start) < 0x80 && (start + 1 == text.length() || text.charAt(start + 1) < 0x300);
        if (alone) {
            return start + 1;
        }
        int end = start + Character.charCount(text.codePointAt(start));
        while (end < text.length() && !NFC.hasBoundaryBefore(text.codePointAt(end))) {
            end += Character.charCount(text.codePointAt(end));
        }
        return end;
    }

    private void foldUnit(Span unit) {
        String composed = NFC.normalize(unit.of(text));
        String folded = composed.length() == 1 ? fold(composed.charAt(0)) : composed;
        if (folded.equals(" ")) {
            space(unit);
        } else if (folded.equals(unit.of(text))) {
            copy(unit);
        } else {
            replace(unit, folded);
        }
    }

    /** Folds the ASCII character at {@code at} with what belongs to it; returns where to go on. */
    private int foldAscii(int at) {
        char c = text.charAt(at);
        Span unit = new Span(at, at + 1);
        if (c == '-' && breaksWord(at)) {
            if (hyphens == LineEndHyphen.KEEP) {
                copy(unit);
            }
            return afterSpace(at + 1);
        }
        if (c == '`' || c == '"') {
            replace(unit, c == '`' ? "'" : DOUBLE_QUOTE);
            return at + 1;
        }
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            space(unit);
        } else if (c > ' ' && c != 0x7f) {
            copy(unit);
        }
        return at + 1;
    }

    /** Whether a hyphen between letters has white space behind it: it stood at a line's end here or where it came from. */
    private boolean breaksWord(int hyphen) {
        int next = afterSpace(hyphen + 1);
        return next > hyphen + 1
                && next < text.length()
                && hyphen > 0
                && Character.isLetter(text.charAt(hyphen - 1))
                && Character.isLowerCase(text.charAt(next));
    }

    private int afterSpace(int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private void space(Span unit) {
        if (endsWithSpace) {
            return;
        }
        if (text.charAt(unit.start()) == ' ') {
            copy(unit);
        } else {
            replace(unit, " ");
        }
        endsWithSpace = true;
    }

    private void copy(Span unit) {
        builder.copy(text, unit);
        endsWithSpace = false;
    }

    private void replace(Span unit, String folded) {
        builder.replace(unit, folded);
        endsWithSpace &= folded.isEmpty();
    }

    /** The table: what one composed character outside ASCII stands for. */
    private static String fold(char c) {
        return switch (c) {
            case 'ﬀ' -> "ff";
            case 'ﬁ' -> "fi";
            case 'ﬂ' -> "fl";
            case 'ﬃ' -> "ffi";
            case 'ﬄ' -> "ffl";
            case 'ﬅ', 'ﬆ' -> "st";
            // single quotation marks, acute accent as apostrophe, modifier apostrophe, prime
            case '‘', '’', '‚', '‛', '´', 'ʼ', '′', '‹', '›' -> "'";
            // double quotation marks, double prime
            case '“', '”', '„', '‟', '″', '«', '»' -> DOUBLE_QUOTE;
            // hyphens, figure, en and em dash, horizontal bar, minus, small and full-width forms
            case '‐', '‑', '‒', '–', '—', '―', '−', '﹘', '﹣', '－' -> "-";
            case '…' -> "...";
            // no-break, typographic, narrow, mathematical, ideographic and Ogham space; next line, line and paragraph
            case '\u00a0', '\u1680', '\u202f', '\u205f', '\u3000', '\u0085', '\u2028', '\u2029' -> " ";
            case '\u2000', '\u2001', '\u2002', '\u2003', '\u2004', '\u2005' -> " ";
            case '\u2006', '\u2007', '\u2008', '\u2009', '\u200a' -> " ";
            // soft hyphen, zero-width space and joiners, word joiner, byte order mark, direction marks
            case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u200e', '\u200f' -> "";
            default -> String.valueOf(c);
        };
    }
}
