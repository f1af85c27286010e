package io.lectern.engine.remote;

import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Tokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts tokens of a model whose tokenizer is not known, from the kinds of characters. Rather too many than too few: what is
 * sent and does not fit costs more than what is refused and would have fitted. How far it is off is measured in
 * docs/decisions/0084.
 */
final class EstimatedTokenizer implements Tokenizer {
    private static final Pattern PIECE = Pattern.compile(
            "(?<latin>[A-Za-z]+)|(?<letters>[\\p{IsLatin}\\p{IsGreek}\\p{IsCyrillic}\\p{IsArabic}\\p{IsHebrew}]+)"
                    + "|(?<blank>[ \\t]+)|(?<marks>[\\p{Punct}&&[^\\p{L}]]+)|(?<other>.)",
            Pattern.DOTALL);

    /** A word of so many Latin letters is mostly one token, … */
    private static final int LETTERS_OF_A_WORD = 7;
    /** … and so many more are another. */
    private static final int LETTERS_OF_A_PART = 3;

    private static final int LETTERS_OF_ANOTHER_SCRIPT = 2;
    private static final int MARKS_OF_A_TOKEN = 2;
    private static final int BLANKS_OF_A_TOKEN = 16;

    @Override
    public int count(String text) {
        int count = 0;
        Matcher piece = PIECE.matcher(text);
        while (piece.find()) {
            int length = piece.end() - piece.start();
            if (piece.start("latin") >= 0) {
                count += 1 + parts(Math.max(0, length - LETTERS_OF_A_WORD), LETTERS_OF_A_PART);
            } else if (piece.start("letters") >= 0) {
                count += parts(length, LETTERS_OF_ANOTHER_SCRIPT);
            } else if (piece.start("marks") >= 0) {
                count += parts(length, MARKS_OF_A_TOKEN);
            } else if (piece.start("blank") >= 0) {
                count += length / BLANKS_OF_A_TOKEN; // a blank before a word belongs to it
            } else {
                count += Character.isSupplementaryCodePoint(text.codePointAt(piece.start())) ? 2 : 1;
            }
        }
        return count;
    }

    private static int parts(int length, int each) {
        return (length + each - 1) / each;
    }

    /** @throws EngineException always: tokens of a tokenizer that is not known cannot be told */
    @Override
    public int[] encode(String text) {
        throw unknown();
    }

    /** @throws EngineException always: tokens of a tokenizer that is not known cannot be told */
    @Override
    public String decode(int[] tokens) {
        throw unknown();
    }

    private static EngineException unknown() {
        return new EngineException(
                Reason.FAILED, "the server does not give its tokenizer: its tokens can only be estimated, not named");
    }
}
