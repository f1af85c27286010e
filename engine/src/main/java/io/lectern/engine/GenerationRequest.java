package io.lectern.engine;

import java.util.List;

/**
 * How to write.
 *
 * @param maxTokens most tokens of the answer, at least 1; thinking is counted apart
 * @param sampling how the next token is chosen
 * @param stopStrings texts that end the writing when they appear in the answer; not part of the result
 * @param thinking how much the model may think before it answers
 */
public record GenerationRequest(int maxTokens, Sampling sampling, List<String> stopStrings, Thinking thinking) {
    public GenerationRequest {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, not " + maxTokens);
        }
        stopStrings = List.copyOf(stopStrings);
    }

    /** Without thinking. */
    public GenerationRequest(int maxTokens, Sampling sampling, List<String> stopStrings) {
        this(maxTokens, sampling, stopStrings, Thinking.none());
    }

    /** The likeliest token each time, without thinking. */
    public static GenerationRequest greedy(int maxTokens) {
        return new GenerationRequest(maxTokens, Sampling.GREEDY, List.of());
    }

    /** The same with this leave to think. */
    public GenerationRequest withThinking(Thinking leave) {
        return new GenerationRequest(maxTokens, sampling, stopStrings, leave);
    }
}
