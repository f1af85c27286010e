package io.lectern.ingest.matter;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.Normalizer2;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a text as a search compares them: case, accents, ligatures and soft hyphens folded away, a word broken at a
 * line's end joined again, and each character a word of its own in scripts that write without spaces. The index is made
 * of these words, the words of a query are cut in the same way, and so are the places of hits found.
 */
final class Words {
    /** Names this way of cutting and folding. An index made in another way is made anew. */
    static final String IDENTITY = "words 1, Unicode " + UCharacter.getUnicodeVersion();

    /** Longer words (encoded data, mostly) are compared by their beginning. */
    private static final int MAXIMUM_LENGTH = 64;

    private static final Normalizer2 DECOMPOSE = Normalizer2.getNFDInstance();

    /**
     * A word.
     *
     * @param folded as it is compared; holds no ASCII character but letters and digits
     * @param span where it stands in the text
     */
    record Word(String folded, Span span) {}

    private Words() {}

    /** The words of a document, with their places in its text. */
    static List<Word> of(Document document) {
        List<TypedSpan> hyphens = document.typedSpans().stream()
                .filter(span -> span.type() == TypedSpan.Type.LINE_END_HYPHEN)
                .toList();
        if (hyphens.isEmpty()) {
            return of(document.text());
        }
        var joined = new MappedText.Builder();
        int offset = 0;
        for (TypedSpan hyphen : hyphens) {
            if (hyphen.span().start() >= offset
                    && hyphen.span().end() <= document.text().length()) {
                joined.copy(document.text(), new Span(offset, hyphen.span().start()));
                offset = hyphen.span().end();
            }
        }
        MappedText text = joined.copy(
                        document.text(), new Span(offset, document.text().length()))
                .build();
        return of(text.text()).stream()
                .map(word -> new Word(word.folded(), text.toSource(word.span())))
                .toList();
    }

    /** The words of a text. */
    static List<Word> of(String text) {
        List<Word> words = new ArrayList<>();
        int start = -1;
        int end = -1;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            int next = i + Character.charCount(codePoint);
            if (isPartOfWord(codePoint)) {
                if (start >= 0 && standsAlone(codePoint)) {
                    add(words, text, start, end);
                    start = -1;
                }
                start = start < 0 ? i : start;
                end = next;
                if (standsAlone(codePoint)) {
                    end = afterMarks(text, next);
                    add(words, text, start, end);
                    start = -1;
                    next = end;
                }
            } else if (start >= 0 && !isInvisible(codePoint)) {
                add(words, text, start, end);
                start = -1;
            }
            i = next;
        }
        if (start >= 0) {
            add(words, text, start, end);
        }
        return words;
    }

    private static void add(List<Word> words, String text, int start, int end) {
        String folded = folded(text, start, end);
        if (!folded.isEmpty()) {
            words.add(new Word(folded, new Span(start, end)));
        }
    }

    private static String folded(String text, int start, int end) {
        String word = text.substring(start, end);
        if (word.chars().allMatch(c -> c < 0x80)) {
            return cut(UCharacter.foldCase(word, true));
        }
        String decomposed = DECOMPOSE.normalize(UCharacter.foldCase(DECOMPOSE.normalize(word), true));
        var kept = new StringBuilder(decomposed.length());
        decomposed
                .codePoints()
                .filter(c -> UCharacter.getType(c) != ECharacterCategory.NON_SPACING_MARK && isPartOfWord(c))
                .forEach(kept::appendCodePoint);
        return cut(kept.toString());
    }

    private static String cut(String word) {
        if (word.length() <= MAXIMUM_LENGTH) {
            return word;
        }
        return word.substring(0, word.offsetByCodePoints(0, MAXIMUM_LENGTH / 2));
    }

    private static int afterMarks(String text, int from) {
        int i = from;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (!isMark(codePoint)) {
                break;
            }
            i += Character.charCount(codePoint);
        }
        return i;
    }

    private static boolean isPartOfWord(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint >= 'a' && codePoint <= 'z'
                    || codePoint >= 'A' && codePoint <= 'Z'
                    || codePoint >= '0' && codePoint <= '9';
        }
        return switch (UCharacter.getType(codePoint)) {
            case ECharacterCategory.UPPERCASE_LETTER,
                    ECharacterCategory.LOWERCASE_LETTER,
                    ECharacterCategory.TITLECASE_LETTER,
                    ECharacterCategory.MODIFIER_LETTER,
                    ECharacterCategory.OTHER_LETTER,
                    ECharacterCategory.DECIMAL_DIGIT_NUMBER,
                    ECharacterCategory.LETTER_NUMBER,
                    ECharacterCategory.OTHER_NUMBER,
                    ECharacterCategory.NON_SPACING_MARK,
                    ECharacterCategory.COMBINING_SPACING_MARK -> true;
            default -> false;
        };
    }

    private static boolean isMark(int codePoint) {
        int type = UCharacter.getType(codePoint);
        return type == ECharacterCategory.NON_SPACING_MARK || type == ECharacterCategory.COMBINING_SPACING_MARK;
    }

    /** Soft hyphens, joiners and the like: they neither make nor part words. */
    private static boolean isInvisible(int codePoint) {
        return codePoint >= 0x80 && UCharacter.getType(codePoint) == ECharacterCategory.FORMAT;
    }

    private static boolean standsAlone(int codePoint) {
        return codePoint >= 0x0e00
                && !isMark(codePoint)
                && switch (UScript.getScript(codePoint)) {
                    case UScript.HAN,
                            UScript.HIRAGANA,
                            UScript.KATAKANA,
                            UScript.THAI,
                            UScript.LAO,
                            UScript.KHMER,
                            UScript.MYANMAR -> true;
                    default -> false;
                };
    }
}
