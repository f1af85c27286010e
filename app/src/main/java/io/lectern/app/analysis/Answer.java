package io.lectern.app.analysis;

import io.lectern.engine.EngineInfo;
import java.time.Instant;
import java.util.List;

/**
 * An answer and all that proves it. Immutable; what is stored, shown and exported is this record.
 *
 * @param id unique
 * @param question as asked
 * @param outcome what came of it
 * @param text what the model wrote, in its own words; never shown as a quotation; empty if nothing was found
 * @param citations what it rests on
 * @param presence how likely the model finds it that the documents answer the question at all; null where it was not
 *     asked
 * @param drafting how the text was written; null where nothing was
 * @param coverage what was read
 * @param model which model answered
 * @param askedAt when
 * @param seconds how long it took
 */
public record Answer(
        String id,
        String question,
        Outcome outcome,
        String text,
        List<Citation> citations,
        Presence presence,
        Drafting drafting,
        Coverage coverage,
        Model model,
        Instant askedAt,
        double seconds) {

    /** What came of a question. */
    public enum Outcome {
        /** Answered, with at least one passage of the source to rest on. */
        ANSWERED,
        /** The model finds nothing about it in what was read. */
        NOT_FOUND,
        /** The model wrote an answer, but no passage was found that it can rest on. */
        UNPROVED,
        /** Called off by the user; holds what was written until then. */
        STOPPED
    }

    /**
     * P(Yes) / (P(Yes) + P(No)) for "do the documents say anything about it".
     *
     * @param probability from 0 to 1
     * @param threshold below it the answer is {@link Outcome#NOT_FOUND}, unless what the model drafted rests on a passage
     * @param calibrated whether the threshold was measured for this very model and by its own likelihoods; otherwise both
     *     numbers are only a hint
     */
    public record Presence(double probability, double threshold, boolean calibrated) {}

    /**
     * How the model wrote an answer.
     *
     * @param thinking what it thought before; for those who want to follow it, never cited and in no report; empty if it did
     *     not think
     * @param thinkingTokens tokens of it
     * @param answerTokens tokens of what it wrote as answer
     * @param tokensPerSecond how fast it wrote both
     */
    public record Drafting(String thinking, int thinkingTokens, int answerTokens, double tokensPerSecond) {}

    /**
     * The model behind an answer.
     *
     * @param sha256 of the weights; empty where it cannot be known
     * @param runsOn where it ran
     * @param local whether nothing left this machine for it
     */
    public record Model(String name, String quantization, String sha256, String runsOn, boolean local) {
        /** The model of an engine. */
        public static Model of(EngineInfo engine) {
            return new Model(engine.model(), engine.quantization(), engine.sha256(), engine.runsOn(), engine.local());
        }
    }

    public Answer {
        citations = List.copyOf(citations);
    }

    /** An answer of which nothing is known about how it was written. */
    public Answer(
            String id,
            String question,
            Outcome outcome,
            String text,
            List<Citation> citations,
            Presence presence,
            Coverage coverage,
            Model model,
            Instant askedAt,
            double seconds) {
        this(id, question, outcome, text, citations, presence, null, coverage, model, askedAt, seconds);
    }

    /** Whether the model thought before it answered. */
    public boolean hasThought() {
        return drafting != null && !drafting.thinking().isBlank();
    }
}
