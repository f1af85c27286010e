package io.lectern.app.analysis;

import io.lectern.ingest.document.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What counts as a word when texts are compared, and which words must never be taken for one another. */
final class Words {
    /**
     * A word with its apostrophes, a number with its separators ("1,000.50"), or a sign that belongs to an amount. Hyphens
     * separate words.
     */
    private static final Pattern WORD =
            Pattern.compile("[\\p{L}\\p{M}]+(?:'[\\p{L}\\p{M}]+)*|\\p{N}+(?:[.,]\\p{N}+)*|[\\p{Sc}%§]");

    private static final Set<String> NEGATIONS = Set.of(
            "not",
            "no",
            "non",
            "never",
            "neither",
            "nor",
            "none",
            "nothing",
            "nobody",
            "without",
            "except",
            "excepting",
            "excluding",
            "unless",
            "until",
            "only",
            "but",
            "cannot",
            "hardly",
            "barely");

    private static final Set<String> MODALS =
            Set.of("shall", "may", "must", "will", "should", "would", "can", "could", "might", "need", "ought");

    private static final Set<String> NUMBERS = Set.of(
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
            "hundred",
            "thousand",
            "million",
            "billion",
            "trillion",
            "dozen",
            "half",
            "third",
            "quarter",
            "first",
            "second",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "once",
            "twice",
            "thrice",
            "double",
            "triple",
            "percent",
            "per",
            "cent");

    /** Words that a quotation can gain or lose without saying anything else. */
    private static final Set<String> LIGHT = Set.of(
            "the", "a", "an", "of", "this", "that", "such", "said", "hereby", "hereof", "hereunder", "thereof", "also");

    /** Words that say nothing about what a text is about. */
    private static final Set<String> STOP = Set.of(
            "a", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "did", "do", "does", "for", "from",
            "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "of", "on", "or", "our", "shall", "so",
            "such", "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "under",
            "was", "were", "what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with", "would",
            "you", "your");

    private Words() {}

    /** The places of the words of a normalised text, in order. */
    static List<Span> in(CharSequence normal) {
        List<Span> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(normal);
        while (matcher.find()) {
            words.add(new Span(matcher.start(), matcher.end()));
        }
        return words;
    }

    static String fold(String word) {
        return word.toLowerCase(Locale.ROOT);
    }

    /** The words that say what a text is about: lower case, without stop words, plural and genitive endings. */
    static List<String> content(String text) {
        String normal = Normaliser.normalise(text);
        List<String> words = new ArrayList<>();
        for (Span place : in(normal)) {
            String word = fold(place.of(normal));
            if (!STOP.contains(word)) {
                words.add(stem(word));
            }
        }
        return words;
    }

    /** Porter's step 1a, which is enough to bring "laws" to "law" and "parties" to "party". */
    private static String stem(String word) {
        String stem = word.endsWith("'s") ? word.substring(0, word.length() - 2) : word;
        if (stem.length() > 4 && stem.endsWith("ies")) {
            return stem.substring(0, stem.length() - 3) + "y";
        }
        if (stem.length() > 4 && (stem.endsWith("sses") || stem.endsWith("shes") || stem.endsWith("ches"))) {
            return stem.substring(0, stem.length() - 2);
        }
        if (stem.length() > 3 && stem.endsWith("s") && !stem.endsWith("ss") && !stem.endsWith("us")) {
            return stem.substring(0, stem.length() - 1);
        }
        return stem;
    }

    /** Whether a word can be added, dropped or exchanged for another such word in a quotation that is to be repaired. */
    static boolean isLight(String word) {
        return LIGHT.contains(fold(word));
    }

    /** Whether a word decides what a sentence says: a number, an amount, a negation or a modal verb. */
    static boolean decides(String word) {
        String folded = fold(word);
        return !Character.isLetter(folded.codePointAt(0))
                || folded.endsWith("n't")
                || NEGATIONS.contains(folded)
                || MODALS.contains(folded)
                || NUMBERS.contains(folded);
    }

    /** Whether a stretch of a normalised text neither begins nor ends inside a word or a number. */
    static boolean isWhole(String text, int start, int end) {
        return !joined(text, start) && !joined(text, end) && !isNegatedBefore(text, start);
    }

    /** Whether the characters before and at {@code at} belong to one word or number. */
    private static boolean joined(String text, int at) {
        if (at == 0 || at == text.length()) {
            return false;
        }
        char before = text.charAt(at - 1);
        char after = text.charAt(at);
        if (isWordPart(before) && isWordPart(after)) {
            return true;
        }
        boolean separatorBehind = isSeparator(after) && Character.isDigit(before) && digitAt(text, at + 1);
        boolean separatorBefore = isSeparator(before) && Character.isDigit(after) && digitAt(text, at - 2);
        boolean apostropheBehind = after == '\'' && Character.isLetter(before) && letterAt(text, at + 1);
        return separatorBehind || separatorBefore || apostropheBehind;
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c)
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.OTHER_NUMBER
                || Character.isSurrogate(c);
    }

    private static boolean isSeparator(char c) {
        return c == '.' || c == ',';
    }

    private static boolean digitAt(String text, int at) {
        return at >= 0 && at < text.length() && Character.isDigit(text.charAt(at));
    }

    private static boolean letterAt(String text, int at) {
        return at < text.length() && Character.isLetter(text.charAt(at));
    }

    /** "exclusive" must not be cut out of "non-exclusive". */
    private static boolean isNegatedBefore(String text, int start) {
        return start >= 4
                && text.charAt(start - 1) == '-'
                && text.regionMatches(true, start - 4, "non", 0, 3)
                && !joined(text, start - 4);
    }
}
