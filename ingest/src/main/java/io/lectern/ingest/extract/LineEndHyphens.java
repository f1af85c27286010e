package io.lectern.ingest.extract;

import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells a hyphen that only breaks a word at the end of a line ("consi-/deration") from one that belongs to the word
 * ("non-/compete"). The one place where this is decided, for every format with hard line ends.
 *
 * <p>The document itself is the dictionary, so the rule knows no language. The two parts are one word if the joined word
 * stands elsewhere in the document; they are a compound if the compound stands elsewhere within a line. Where neither is
 * seen, they are joined unless the second part is a word of its own in the document: what follows a hyphen in a compound
 * is a word, the rest of a broken word hardly ever is.
 */
public final class LineEndHyphens {
    private static final Pattern BROKEN =
            Pattern.compile("([\\p{L}\\p{M}]+)([-\u2010\u00AD])[ \\t]*(?:\\r\\n|\\n|\\r)[ \\t]*([\\p{L}\\p{M}]+)");
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}]+(?:[-\u2010\u2011][\\p{L}\\p{M}]+)*");

    private final Set<String> words = new HashSet<>();

    private LineEndHyphens() {}

    /**
     * The line-end hyphens of a text, in order: each span is the hyphen with the line break and indentation behind it, so
     * that leaving it out joins the word.
     */
    public static List<TypedSpan> in(String text) {
        if (!BROKEN.matcher(text).find()) {
            return List.of();
        }
        LineEndHyphens document = new LineEndHyphens();
        document.learnWords(text);
        List<TypedSpan> hyphens = new ArrayList<>();
        Matcher broken = BROKEN.matcher(text);
        int from = 0;
        while (broken.find(from)) {
            boolean soft = broken.group(2).equals("\u00AD");
            if (soft || document.isOneWord(broken.group(1), broken.group(3))) {
                Span span = new Span(broken.start(2), broken.start(3));
                hyphens.add(new TypedSpan(span, Type.LINE_END_HYPHEN, ""));
            }
            // The second part may be broken again at the end of its own line.
            from = broken.start(3);
        }
        return hyphens;
    }

    /** Every word and compound that stands whole within a line. */
    private void learnWords(String text) {
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (!isBrokenBehind(text, word.end()) && !isBrokenBefore(text, word.start())) {
                words.add(key(word.group()));
            }
        }
    }

    private static boolean isBrokenBehind(String text, int end) {
        return end < text.length() && "-\u2010\u00AD".indexOf(text.charAt(end)) >= 0;
    }

    private static boolean isBrokenBefore(String text, int start) {
        int i = start - 1;
        while (i >= 0 && " \t\r\n".indexOf(text.charAt(i)) >= 0) {
            i--;
        }
        boolean nextLine = text.substring(i + 1, start).chars().anyMatch(c -> c == '\n' || c == '\r');
        return i >= 0 && nextLine && "-\u2010\u00AD".indexOf(text.charAt(i)) >= 0;
    }

    private boolean isOneWord(String before, String after) {
        boolean sameCase = Character.isLowerCase(after.codePointAt(0))
                || (isUpper(before) && isUpper(after) && before.length() > 1 && after.length() > 1);
        if (!sameCase || words.contains(key(before + "-" + after))) {
            return false;
        }
        return words.contains(key(before + after)) || !words.contains(key(after));
    }

    private static boolean isUpper(String part) {
        return part.codePoints().allMatch(Character::isUpperCase);
    }

    private static String key(String word) {
        return word.replace('\u2010', '-').replace('\u2011', '-').toLowerCase(java.util.Locale.ROOT);
    }
}
