package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells hyphens that only break a word at a line's end from those that belong to the word, by the document's own words.
 *
 * <p>A soft hyphen (U+00AD) at a line's end always only breaks. After any other (U+002D, U+2010) the word goes on if the
 * next line begins with a small letter; the hyphen only breaks it if the joined word stands elsewhere in the document and
 * the hyphenated one does not. Where the document does not tell, the hyphen stays: "non-\nexclusive" must never become
 * one word on a guess.
 */
final class LineEndHyphens {
    private LineEndHyphens() {}

    /**
     * The hyphens that only break a word, each with the line break behind it.
     *
     * @param text the document's text
     * @param lineEnds offsets of the line breaks within paragraphs, ascending
     */
    static List<Span> find(String text, List<Integer> lineEnds) {
        List<Integer> candidates = new ArrayList<>();
        for (int lineEnd : lineEnds) {
            if (isCandidate(text, lineEnd)) {
                candidates.add(lineEnd);
            }
        }
        if (candidates.isEmpty()) {
            return List.of();
        }
        Set<String> words = words(text, new HashSet<>(candidates));
        List<Span> breaking = new ArrayList<>();
        for (int lineEnd : candidates) {
            if (onlyBreaks(text, lineEnd, words)) {
                breaking.add(new Span(lineEnd - 1, lineEnd + 1));
            }
        }
        return breaking;
    }

    private static boolean isCandidate(String text, int lineEnd) {
        return lineEnd >= 2
                && lineEnd + 1 < text.length()
                && isHyphen(text.charAt(lineEnd - 1))
                && Character.isLetter(text.charAt(lineEnd - 2))
                && Character.isLetter(text.charAt(lineEnd + 1));
    }

    private static boolean onlyBreaks(String text, int lineEnd, Set<String> words) {
        char hyphen = text.charAt(lineEnd - 1);
        if (hyphen == '\u00AD') {
            return true;
        }
        if (!Character.isLowerCase(text.charAt(lineEnd + 1))) {
            return false;
        }
        int start = wordStart(text, lineEnd - 1);
        int end = wordEnd(text, lineEnd + 1);
        String left = text.substring(start, lineEnd - 1).toLowerCase(Locale.ROOT);
        String right = text.substring(lineEnd + 1, end).toLowerCase(Locale.ROOT);
        if (words.contains(left + "-" + right)) {
            return false;
        }
        String joined = left + right;
        boolean plural = joined.endsWith("s") && words.contains(joined.substring(0, joined.length() - 1));
        return words.contains(joined) || words.contains(joined + "s") || plural;
    }

    /** The words of the text in small letters, hyphenated ones whole; what a line's end breaks is left out. */
    private static Set<String> words(String text, Set<Integer> brokenAt) {
        Set<String> words = new HashSet<>();
        int i = 0;
        while (i < text.length()) {
            if (!Character.isLetter(text.charAt(i))) {
                i++;
                continue;
            }
            int start = i;
            while (i < text.length() && (Character.isLetter(text.charAt(i)) || isInnerHyphen(text, i))) {
                i++;
            }
            boolean goesOn = brokenAt.contains(i + 1) && isHyphen(text.charAt(i));
            boolean wentOn = start > 0 && brokenAt.contains(start - 1);
            if (!goesOn && !wentOn) {
                words.add(text.substring(start, i).toLowerCase(Locale.ROOT).replace('\u2010', '-'));
            }
        }
        return words;
    }

    private static boolean isInnerHyphen(String text, int i) {
        return isHyphen(text.charAt(i))
                && i > 0
                && i + 1 < text.length()
                && Character.isLetter(text.charAt(i - 1))
                && Character.isLetter(text.charAt(i + 1));
    }

    private static int wordStart(String text, int end) {
        int start = end;
        while (start > 0 && Character.isLetter(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int wordEnd(String text, int start) {
        int end = start;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isHyphen(char c) {
        return c == '-' || c == '\u2010' || c == '\u00AD';
    }
}
