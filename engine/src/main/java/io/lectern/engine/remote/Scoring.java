package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lectern.engine.Cancellation;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.Message;
import io.lectern.engine.Sampling;
import io.lectern.engine.generate.ThinkingMarkers;
import io.lectern.engine.generate.ThinkingMarkers.Opening;
import io.lectern.engine.generate.ThoughtSplitter;
import io.lectern.engine.remote.Completions.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How likely texts are as the beginning of a reply, by what a server tells: the likelihoods of the likeliest first tokens.
 * Where it tells none, the model is asked, and the text that it writes is as likely as can be.
 */
final class Scoring {
    /** The most that the interface allows. */
    private static final int TOP_TOKENS = 20;

    /** Enough for a word and what a model may put before it. */
    private static final int TOKENS_OF_A_WORD = 12;

    /** The same for a model that thinks before. */
    private static final int TOKENS_OF_A_THOUGHT = 1024;

    /** An answer that is longer begins as it begins. */
    private static final int ENOUGH_CHARACTERS = 40;

    private final RemoteEngine engine;
    private final List<Message> messages;
    private final Consumer<GenerationEvent.Prefill> listener;
    private final Cancellation cancellation;

    Scoring(
            RemoteEngine engine,
            List<Message> messages,
            Consumer<GenerationEvent.Prefill> listener,
            Cancellation cancellation) {
        this.engine = engine;
        this.messages = messages;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** @see io.lectern.engine.Context#score */
    double[] score(List<String> continuations) {
        if (engine.givesLikelihoods()) {
            try {
                JsonNode likeliest = likeliestFirstTokens();
                if (!likeliest.isEmpty()) {
                    return byLikelihoods(likeliest, continuations);
                }
            } catch (RefusedRequest e) {
                // A server that takes the question without likelihoods does not give them.
                double[] asked = byAsking(continuations);
                engine.givesNoLikelihoods();
                return asked;
            }
            engine.givesNoLikelihoods();
        }
        return byAsking(continuations);
    }

    /** A model that cannot but think first is asked what follows a thinking in which nothing was thought. */
    private JsonNode likeliestFirstTokens() {
        if (!engine.alwaysThinks()) {
            JsonNode likeliest = likeliestFirstTokens(RemoteContext.shortQuestion(messages, 1, TOP_TOKENS));
            String first = likeliest.path(0).path("token").asText().strip();
            if (first.isEmpty() || !engine.model().markers().begin().startsWith(first)) {
                return likeliest;
            }
            engine.wasSeenToThinkUnasked();
        }
        ThinkingMarkers markers = engine.model().markers();
        List<Message> then = new ArrayList<>(messages);
        then.add(Message.assistant(markers.begin() + "\n" + markers.closing("")));
        return likeliestFirstTokens(new Question(then, true, 1, Sampling.GREEDY, 0, TOP_TOKENS));
    }

    /** What the server tells of the first token, the likeliest first: empty if nothing. */
    private JsonNode likeliestFirstTokens(Question question) {
        JsonNode[] told = {MissingNode.getInstance()};
        engine.completions().stream(
                question,
                event -> {
                    Progress.tell(event, listener);
                    JsonNode tokens =
                            event.path("choices").path(0).path("logprobs").path("content");
                    if (tokens.isArray() && !tokens.isEmpty()) {
                        told[0] = tokens.get(0).path("top_logprobs");
                    }
                    return told[0].isMissingNode();
                },
                () -> false,
                cancellation);
        return told[0];
    }

    /**
     * A text is as likely as the first tokens together that begin it and no other text. One that is not among the likeliest
     * is at most as likely as the last of them, and as what is left of 1.
     */
    static double[] byLikelihoods(JsonNode likeliest, List<String> continuations) {
        double[] probabilities = new double[continuations.size()];
        double told = 0;
        double least = 1;
        for (JsonNode token : likeliest) {
            double probability = Math.exp(token.path("logprob").asDouble(Double.NEGATIVE_INFINITY));
            told += probability;
            least = Math.min(least, probability);
            String text = token.path("token").asText().strip();
            int[] begun = beginning(text, continuations);
            if (!text.isEmpty() && begun.length == 1) {
                probabilities[begun[0]] += probability;
            }
        }
        double rest = Math.max(Double.MIN_NORMAL, Math.min(least, 1 - told));
        return Arrays.stream(probabilities)
                .map(probability -> Math.log(probability > 0 ? probability : rest))
                .toArray();
    }

    private static int[] beginning(String text, List<String> continuations) {
        return IntStream.range(0, continuations.size())
                .filter(i -> continuations.get(i).strip().startsWith(text))
                .toArray();
    }

    private double[] byAsking(List<String> continuations) {
        ThoughtSplitter splitter = new ThoughtSplitter(engine.model().markers(), Opening.NONE);
        StringBuilder answer = new StringBuilder();
        engine.completions().stream(
                RemoteContext.shortQuestion(messages, engine.thinks() ? TOKENS_OF_A_THOUGHT : TOKENS_OF_A_WORD, 0),
                event -> {
                    Progress.tell(event, listener);
                    splitter.add(Delta.of(event).content()).stream()
                            .filter(piece -> piece.kind() == ThoughtSplitter.Kind.ANSWER)
                            .forEach(piece -> answer.append(piece.text()));
                    return true;
                },
                () -> false,
                cancellation);
        return byWords(answer.toString(), continuations);
    }

    /** The one that the answer begins with is certain; if it begins with none, all are equally likely. */
    static double[] byWords(String answer, List<String> continuations) {
        String words = answer.replaceFirst("^[^\\p{L}\\p{N}]+", "").toLowerCase(Locale.ROOT);
        double[] scores = new double[continuations.size()];
        boolean any = false;
        for (int i = 0; i < scores.length; i++) {
            boolean written = words.startsWith(continuations.get(i).strip().toLowerCase(Locale.ROOT));
            scores[i] = written ? 0 : Double.NEGATIVE_INFINITY;
            any |= written;
        }
        if (!any) {
            Arrays.fill(scores, -Math.log(scores.length));
        }
        return scores;
    }
}
