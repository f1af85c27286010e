package io.lectern.engine.measure;

/** How tokens are chosen while measuring. */
final class Choice {
    private Choice() {}

    /** The token with the largest logit; of equals the first. */
    static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }
}
