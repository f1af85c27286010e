package io.lectern.engine;

import java.util.Locale;
import java.util.Map;

/**
 * How much a model may think before it answers; the tokens of the answer are counted apart. Models that do not think take
 * no notice of it.
 *
 * @param tokens most tokens of thinking; 0 for none
 */
public record ThinkingBudget(int tokens) {
    public static final ThinkingBudget NONE = new ThinkingBudget(0);
    public static final ThinkingBudget BRIEF = new ThinkingBudget(2_000);
    public static final ThinkingBudget STANDARD = new ThinkingBudget(8_000);
    public static final ThinkingBudget DEEP = new ThinkingBudget(40_000);

    private static final Map<String, ThinkingBudget> NAMED =
            Map.of("none", NONE, "off", NONE, "brief", BRIEF, "standard", STANDARD, "deep", DEEP);

    public ThinkingBudget {
        if (tokens < 0) {
            throw new IllegalArgumentException("a thinking budget cannot be " + tokens + " tokens");
        }
    }

    /**
     * The budget with this name.
     *
     * @param words "none" or "off", "brief", "standard", "deep", or a number of tokens
     * @throws IllegalArgumentException if it is none of these, with a message for people
     */
    public static ThinkingBudget of(String words) {
        ThinkingBudget named = NAMED.get(words.toLowerCase(Locale.ROOT));
        if (named != null) {
            return named;
        }
        if (!words.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(
                    "a thinking budget is none, brief, standard, deep or a number of tokens, not \"" + words + "\"");
        }
        return new ThinkingBudget(Integer.parseInt(words));
    }

    /** What {@link #of} makes this of: the name where there is one, else the number. */
    @Override
    public String toString() {
        return switch (tokens) {
            case 0 -> "none";
            case 2_000 -> "brief";
            case 8_000 -> "standard";
            case 40_000 -> "deep";
            default -> Integer.toString(tokens);
        };
    }
}
