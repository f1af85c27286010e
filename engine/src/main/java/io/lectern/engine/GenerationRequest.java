package io.lectern.engine;

import java.util.List;

/**
 * How to write.
 *
 * @param maxTokens most tokens to write, at least 1
 * @param sampling how the next token is chosen
 * @param stopStrings texts that end the writing when they appear; not part of the result
 */
public record GenerationRequest(int maxTokens, Sampling sampling, List<String> stopStrings) {
    public GenerationRequest {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, not " + maxTokens);
        }
        stopStrings = List.copyOf(stopStrings);
    }

    /** The likeliest token each time. */
    public static GenerationRequest greedy(int maxTokens) {
        return new GenerationRequest(maxTokens, Sampling.GREEDY, List.of());
    }
}
