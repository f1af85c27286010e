package io.lectern.ingest.extract.pdf;

import java.text.Normalizer;

/** What becomes of the characters that a PDF gives for its glyphs. */
final class Characters {
    private Characters() {}

    /**
     * Without the characters that nobody sees and no text needs: NUL and the other controls (tabs and line breaks become
     * spaces, for lines are made by position), byte order marks and unpaired surrogates.
     */
    static String withoutControls(String unicode) {
        if (unicode.length() == 1 && unicode.charAt(0) >= ' ' && unicode.charAt(0) < 0x7F) {
            return unicode;
        }
        StringBuilder kept = new StringBuilder(unicode.length());
        unicode.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL -> {
                    if (c == '\t' || c == '\n' || c == '\r') {
                        kept.append(' ');
                    }
                }
                case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> kept.append(' ');
                case Character.SURROGATE -> kept.append('\uFFFD');
                default -> {
                    if (c != '\uFEFF') {
                        kept.appendCodePoint(c);
                    }
                }
            }
        });
        return kept.toString();
    }

    /**
     * With the forms that stand for letters replaced by the letters: Latin ligatures (U+FB00–FB06) and the Arabic and
     * Hebrew presentation forms, which name shapes of glyphs and not characters. Nothing else is folded.
     */
    static String readable(String unicode) {
        for (int i = 0; i < unicode.length(); i++) {
            if (isPresentationForm(unicode.charAt(i))) {
                StringBuilder letters = new StringBuilder();
                for (int k = 0; k < unicode.length(); k++) {
                    String one = unicode.substring(k, k + 1);
                    boolean form = isPresentationForm(unicode.charAt(k));
                    // Marks that stand alone are given as a space with the mark.
                    letters.append(
                            form
                                    ? Normalizer.normalize(one, Normalizer.Form.NFKC)
                                            .strip()
                                    : one);
                }
                return letters.toString();
            }
        }
        return unicode;
    }

    private static boolean isPresentationForm(char c) {
        return c >= '\uFB00' && c <= '\uFDFF' && c != '\uFD3E' && c != '\uFD3F' || c >= '\uFE70' && c <= '\uFEFE';
    }

    /** Whether nothing of the text is seen: white space of any kind, the no-break space too. */
    static boolean isBlank(String text) {
        return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    /** Whether a character runs from right to left by itself. */
    static boolean isRightToLeft(int codePoint) {
        byte directionality = Character.getDirectionality(codePoint);
        return directionality == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || directionality == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
