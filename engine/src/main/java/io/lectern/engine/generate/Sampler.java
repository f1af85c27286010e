package io.lectern.engine.generate;

import io.lectern.engine.Sampling;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Chooses the next token from logits, by the rules and in the order of {@link Sampling}. Used by one thread; the same seed
 * and the same logits give the same tokens.
 */
public final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;
    private final Set<Integer> written = new HashSet<>();

    public Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
    }

    /**
     * Chooses a token, which counts as written from then on.
     *
     * @param logits one for each token of the vocabulary; not changed
     */
    public int next(float[] logits) {
        float[] penalized = penalize(logits);
        int token = sampling.temperature() == 0 ? likeliest(penalized) : draw(penalized);
        written.add(token);
        return token;
    }

    private float[] penalize(float[] logits) {
        if (sampling.repetitionPenalty() == 1 || written.isEmpty()) {
            return logits;
        }
        float[] penalized = logits.clone();
        float penalty = (float) sampling.repetitionPenalty();
        for (int token : written) {
            penalized[token] = penalized[token] > 0 ? penalized[token] / penalty : penalized[token] * penalty;
        }
        return penalized;
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    private int draw(float[] logits) {
        Candidates candidates = Candidates.of(logits, sampling);
        double left = random.nextDouble() * candidates.total();
        for (int i = 0; i < candidates.count(); i++) {
            left -= candidates.weight(i);
            if (left < 0) {
                return candidates.token(i);
            }
        }
        return candidates.token(candidates.count() - 1);
    }

    /** The tokens that remain to be drawn from, likeliest first, with weights that are probabilities but for a factor. */
    private static final class Candidates {
        private final int[] tokens;
        private final double[] weights;
        private int count;

        private Candidates(int[] tokens, double[] weights) {
            this.tokens = tokens;
            this.weights = weights;
            this.count = tokens.length;
        }

        static Candidates of(float[] logits, Sampling sampling) {
            int[] tokens = sortedByLogit(logits);
            double[] weights = new double[tokens.length];
            double highest = logits[tokens[0]];
            for (int i = 0; i < tokens.length; i++) {
                weights[i] = Math.exp((logits[tokens[i]] - highest) / sampling.temperature());
            }
            Candidates candidates = new Candidates(tokens, weights);
            candidates.keepTopK(sampling.topK());
            candidates.keepTopP(sampling.topP());
            candidates.keepMinP(sampling.minP());
            return candidates;
        }

        /** Sorts by logit, highest first and the lower token first among equals, without boxing 150,000 numbers. */
        private static int[] sortedByLogit(float[] logits) {
            long[] keys = new long[logits.length];
            for (int token = 0; token < logits.length; token++) {
                int bits = Float.floatToIntBits(logits[token]);
                // Makes the order of integers that of floats, then turns it round.
                int ordered = ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
                keys[token] = (long) ordered << 32 | token;
            }
            Arrays.sort(keys);
            int[] tokens = new int[keys.length];
            for (int i = 0; i < keys.length; i++) {
                tokens[i] = (int) keys[i];
            }
            return tokens;
        }

        private void keepTopK(int k) {
            if (k > 0) {
                count = Math.min(count, k);
            }
        }

        private void keepTopP(double p) {
            if (p == 1) {
                return;
            }
            double enough = p * total();
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += weights[i];
                if (sum >= enough) {
                    count = i + 1;
                    return;
                }
            }
        }

        /** The likeliest token has the weight 1. */
        private void keepMinP(double p) {
            while (count > 1 && weights[count - 1] < p) {
                count--;
            }
        }

        double total() {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += weights[i];
            }
            return sum;
        }

        int count() {
            return count;
        }

        int token(int i) {
            return tokens[i];
        }

        double weight(int i) {
            return weights[i];
        }
    }
}
