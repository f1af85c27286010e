package io.lectern.ingest.extract.office;

import com.ibm.icu.text.RuleBasedNumberFormat;
import java.util.Locale;

/** Writes a list number as Word's number formats do (ECMA-376 part 1, 17.18.59, ST_NumberFormat). */
final class NumberFormat {
    private static final int[] ROMAN_VALUES = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
    private static final String[] ROMAN_LETTERS = {"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"
    };

    private NumberFormat() {}

    /**
     * @param format a value of ST_NumberFormat; formats of scripts that are not known here are written in digits
     */
    static String format(int number, String format) {
        return switch (format) {
            case "none", "bullet" -> "";
            case "upperRoman" -> roman(number);
            case "lowerRoman" -> roman(number).toLowerCase(Locale.ROOT);
            case "upperLetter" -> letters(number);
            case "lowerLetter" -> letters(number).toLowerCase(Locale.ROOT);
            case "decimalZero" -> number < 10 ? "0" + number : Integer.toString(number);
            case "ordinal" -> spelled("en", RuleBasedNumberFormat.ORDINAL, number);
            case "cardinalText" -> capitalised(spelled("en", RuleBasedNumberFormat.SPELLOUT, number));
            case "ordinalText" -> capitalised(ordinalText(number));
            case "chineseCounting",
                    "chineseCountingThousand",
                    "taiwaneseCounting",
                    "taiwaneseCountingThousand",
                    "ideographDigital",
                    "japaneseCounting" -> spelled("zh", RuleBasedNumberFormat.SPELLOUT, number);
            case "decimalEnclosedCircle", "decimalEnclosedCircleChinese" ->
                number >= 1 && number <= 20 ? String.valueOf((char) ('①' + number - 1)) : Integer.toString(number);
            case "numberInDash" -> "- " + number + " -";
            default -> Integer.toString(number);
        };
    }

    private static String roman(int number) {
        if (number < 1 || number > 3999) {
            return Integer.toString(number);
        }
        StringBuilder letters = new StringBuilder();
        int rest = number;
        for (int i = 0; i < ROMAN_VALUES.length; i++) {
            while (rest >= ROMAN_VALUES[i]) {
                letters.append(ROMAN_LETTERS[i]);
                rest -= ROMAN_VALUES[i];
            }
        }
        return letters.toString();
    }

    /** A … Z, then AA, BB … ZZ, then AAA: Word repeats the letter. */
    private static String letters(int number) {
        if (number < 1 || number > 780) {
            return Integer.toString(number);
        }
        return String.valueOf((char) ('A' + (number - 1) % 26)).repeat((number - 1) / 26 + 1);
    }

    private static String spelled(String language, int rules, int number) {
        return new RuleBasedNumberFormat(com.ibm.icu.util.ULocale.forLanguageTag(language), rules).format(number);
    }

    private static String ordinalText(int number) {
        return new RuleBasedNumberFormat(com.ibm.icu.util.ULocale.ENGLISH, RuleBasedNumberFormat.SPELLOUT)
                .format(number, "%spellout-ordinal");
    }

    private static String capitalised(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
