package io.lectern.ingest.extract;

import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells a hyphen that only breaks a word at the end of a line ("consi-/deration") from one that belongs to the word
 * ("non-/compete"). The one place where this is decided, for every format with hard line ends.
 *
 * <p>The document itself is the dictionary, so the rule knows no language. A soft hyphen (U+00AD) at a line's end always
 * only breaks. After any other the next line must go on in small letters, and the joined word, or its singular or plural,
 * must stand elsewhere in the document while the hyphenated one does not. Where the document does not tell, the hyphen
 * stays: "non-/exclusive" must never become one word on a guess.
 */
public final class LineEndHyphens {
    private static final Pattern BROKEN =
            Pattern.compile("(?<=[\\p{L}\\p{M}])[-\u2010\u00AD][ \\t]*(?:\\r\\n|\\n|\\r)[ \\t]*(?=[\\p{L}\\p{M}])");
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}]++(?:[-\u2010\u2011][\\p{L}\\p{M}]++)*+");
    private static final String HYPHENS = "-\u2010\u00AD";

    private LineEndHyphens() {}

    /**
     * The line-end hyphens of a text that only break a word, in order: each span is the hyphen with the line break and the
     * indentation behind it, so that leaving it out joins the word.
     */
    public static List<TypedSpan> in(String text) {
        List<Span> candidates = new ArrayList<>();
        Matcher broken = BROKEN.matcher(text);
        while (broken.find()) {
            candidates.add(new Span(broken.start(), broken.end()));
        }
        if (candidates.isEmpty()) {
            return List.of();
        }
        Set<String> words = wholeWords(text, candidates);
        return candidates.stream()
                .filter(hyphen -> onlyBreaks(text, hyphen, words))
                .map(hyphen -> new TypedSpan(hyphen, Type.LINE_END_HYPHEN, ""))
                .toList();
    }

    private static boolean onlyBreaks(String text, Span hyphen, Set<String> words) {
        if (text.charAt(hyphen.start()) == '\u00AD') {
            return true;
        }
        if (!Character.isLowerCase(text.codePointAt(hyphen.end()))) {
            return false;
        }
        String left = key(text.substring(wordStart(text, hyphen.start()), hyphen.start()));
        String right = key(text.substring(hyphen.end(), wordEnd(text, hyphen.end())));
        if (words.contains(left + "-" + right)) {
            return false;
        }
        String joined = left + right;
        boolean plural = joined.endsWith("s") && words.contains(joined.substring(0, joined.length() - 1));
        return words.contains(joined) || words.contains(joined + "s") || plural;
    }

    /** The words and compounds that stand whole within a line. */
    private static Set<String> wholeWords(String text, List<Span> candidates) {
        Set<Integer> continuations = new HashSet<>();
        candidates.forEach(hyphen -> continuations.add(hyphen.end()));
        Set<String> words = new HashSet<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            boolean goesOn = word.end() < text.length() && HYPHENS.indexOf(text.charAt(word.end())) >= 0;
            if (!goesOn && !continuations.contains(word.start())) {
                words.add(key(word.group()));
            }
        }
        return words;
    }

    private static int wordStart(String text, int end) {
        int start = end;
        while (start > 0 && isOfWord(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int wordEnd(String text, int start) {
        int end = start;
        while (end < text.length() && isOfWord(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isOfWord(char c) {
        return Character.isLetter(c) || Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private static String key(String word) {
        return word.replace('\u2010', '-').replace('\u2011', '-').toLowerCase(Locale.ROOT);
    }
}
