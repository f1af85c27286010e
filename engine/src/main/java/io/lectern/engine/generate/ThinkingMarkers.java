package io.lectern.engine.generate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The texts between which a model thinks before it answers. They are texts and not tokens: one model has a token for each,
 * another writes them in several, cut now so and now so.
 *
 * @param begin such as {@code <think>}
 * @param end such as {@code </think>}
 * @param expected whether the model is known to think; otherwise it may, and does if its reply begins with {@code begin}
 */
public record ThinkingMarkers(String begin, String end, boolean expected) {

    /** What the beginning of a reply, written by a template, says of the thinking. */
    public enum Opening {
        /** Nothing: the model begins to think, or not. */
        NONE,
        /** It has begun: what the model writes is thinking until it ends it. */
        THINKING,
        /** It is over, or there was none. */
        ANSWER
    }

    private static final String WORD = "([\\w:]*(?i:think|thought|reason)[\\w:]*)";

    /** Ways in which models mark where something begins and ends: both patterns, and how they are written. */
    private enum Shape {
        TAG("<(/?)" + WORD + ">", "<%s>", "</%s>"),
        BRACKET("\\[(/?)" + WORD + "\\]", "[%s]", "[/%s]"),
        TRIANGLE("◁(/?)" + WORD + "▷", "◁%s▷", "◁/%s▷"),
        SLASHED("<\\|(/?)" + WORD + "\\|>", "<|%s|>", "<|/%s|>"),
        BEGIN_AND_END("<\\|(begin|end)_of_" + WORD + "\\|>", "<|begin_of_%s|>", "<|end_of_%s|>"),
        START_AND_END("<\\|(START|END)_" + WORD + "\\|>", "<|START_%s|>", "<|END_%s|>");

        private final Pattern pattern;
        private final String begin;
        private final String end;

        Shape(String pattern, String begin, String end) {
            this.pattern = Pattern.compile(pattern);
            this.begin = begin;
            this.end = end;
        }

        Stream<ThinkingMarkers> in(String text, boolean expected) {
            return pattern.matcher(text)
                    .results()
                    .map(found -> new ThinkingMarkers(
                            begin.formatted(found.group(2)), end.formatted(found.group(2)), expected))
                    // <|begin_of_thought|> also looks like a word between <| and |>.
                    .filter(pair -> this != SLASHED || !pair.begin().matches("<\\|(begin_of|end_of|START|END)_.*"));
        }
    }

    /** Of the shapes. */
    private static final String FIRST_CHARACTERS = "<[◁";

    /** Those that most models have, of one that is not known to think. */
    public static final ThinkingMarkers COMMON = new ThinkingMarkers("<think>", "</think>", false);

    /**
     * MiniMax-M1 thinks, but neither its template nor its vocabulary says so; the template's first turn tells it from
     * MiniMax-Text-01, which has the same turns and does not think.
     */
    private static final List<String> FRAMES_OF_MINIMAX_M1 =
            List.of("<begin_of_document>", "<beginning_of_sentence>ai name=");

    /**
     * The markers of a model: those that its template speaks of; else those that it has tokens for, with which it need not
     * think, as whole families share a vocabulary; else the common ones.
     *
     * @param template the model's chat template
     * @param tokens the texts of the model's tokens; asked for only if the template says nothing
     */
    public static ThinkingMarkers of(String template, Supplier<Stream<String>> tokens) {
        Optional<ThinkingMarkers> spokenOf = in(template, true).findFirst();
        if (spokenOf.isPresent()) {
            return spokenOf.get();
        }
        if (FRAMES_OF_MINIMAX_M1.stream().allMatch(template::contains)) {
            return new ThinkingMarkers(COMMON.begin(), COMMON.end(), true);
        }
        Set<String> marked = tokens.get()
                .filter(token -> token.length() > 2 && FIRST_CHARACTERS.indexOf(token.charAt(0)) >= 0)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return marked.stream()
                .flatMap(token -> in(token, false))
                .filter(pair -> marked.contains(pair.begin()) && marked.contains(pair.end()))
                .findFirst()
                .orElse(COMMON);
    }

    private static Stream<ThinkingMarkers> in(String text, boolean expected) {
        return Stream.of(Shape.values()).flatMap(shape -> shape.in(text, expected));
    }

    /**
     * What templates look at to open a reply with or without thinking. There are two customs; the template of a model that
     * knows neither looks at none.
     */
    public static Map<String, Object> switches(boolean thinks) {
        return Map.of("enable_thinking", thinks, "thinking", thinks);
    }

    /** What the text that stands before a reply says of the thinking. */
    public Opening opening(String header) {
        String text = header.stripTrailing();
        if (text.endsWith(begin)) {
            return Opening.THINKING;
        }
        return text.endsWith(end) ? Opening.ANSWER : Opening.NONE;
    }

    /**
     * The text that stands before a reply, without what it says of the thinking: templates leave the thinking of earlier
     * replies out, or write an empty one, whatever was read when the reply was written.
     */
    public String withoutThinking(String header) {
        Matcher thinking = Pattern.compile("(?:" + Pattern.quote(begin) + ")?\\s*(?:" + Pattern.quote(end) + ")?\\s*$")
                .matcher(header);
        return thinking.find() ? header.substring(0, thinking.start()).stripTrailing() : header;
    }

    /**
     * What has to stand before an answer without thinking: a thinking in which nothing was thought, in the form that
     * models know from their templates.
     *
     * @param opening how the reply was opened
     */
    public String skipping(Opening opening) {
        return switch (opening) {
            case NONE -> expected ? begin + "\n" + closing("") : "";
            case THINKING -> closing("");
            case ANSWER -> "";
        };
    }

    /**
     * The end of a thinking.
     *
     * @param thought what was written before it
     */
    public String closing(CharSequence thought) {
        boolean lineBegins = !thought.isEmpty() && thought.charAt(thought.length() - 1) == '\n';
        return (lineBegins ? "" : "\n") + end + "\n\n";
    }
}
