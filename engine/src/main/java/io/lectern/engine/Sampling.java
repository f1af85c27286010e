package io.lectern.engine;

/**
 * How the next token is chosen from the model's logits. Applied in the order: repetition penalty, temperature, top-k,
 * top-p, min-p.
 *
 * @param temperature divides the logits; 0 takes the likeliest token and ignores the rest
 * @param topK keeps the k likeliest tokens; 0 keeps all
 * @param topP keeps the fewest tokens whose probabilities reach p (nucleus sampling, Holtzman et al. 2020); 1 keeps all
 * @param minP keeps tokens at least minP times as likely as the likeliest; 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens already written (Keskar et al.
 *     2019); 1 for none
 * @param seed of the random numbers: the same seed gives the same text
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {

    /** The likeliest token each time. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0);

    public Sampling {
        require(temperature >= 0, "temperature", temperature);
        require(topK >= 0, "topK", topK);
        require(topP > 0 && topP <= 1, "topP", topP);
        require(minP >= 0 && minP < 1, "minP", minP);
        require(repetitionPenalty > 0, "repetitionPenalty", repetitionPenalty);
    }

    private static void require(boolean holds, String name, double value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " cannot be " + value);
        }
    }
}
