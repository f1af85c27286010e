package io.lectern.engine.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast the heads of Lightning attention forget: those of ALiBi (Press et al. 2021), 2^(−8(h+1)/heads) for head h from 0,
 * times a factor that falls from layer to layer, so that the last layers remember longest.
 */
final class LightningSlopes {
    private static final double LEAST_FACTOR = 1e-5;

    private LightningSlopes() {}

    /**
     * As MiniMax's own implementation computes them: the factor is 1 − layer / (layers − 1) + 1e-5; where
     * the number of heads is no power of two, the slopes are those of the next smaller one and, between them, every other
     * one of its double.
     */
    static List<Double> ofMiniMax(int heads, int layer, int layers) {
        double factor = (layers > 1 ? 1 - (double) layer / (layers - 1) : 1) + LEAST_FACTOR;
        int power = Integer.highestOneBit(heads);
        List<Double> slopes = new ArrayList<>();
        for (int head = 0; head < heads; head++) {
            double slope = head < power ? slope(head, power) : slope(2 * (head - power), 2 * power);
            slopes.add(slope * factor);
        }
        return slopes;
    }

    /**
     * As Hugging Face's transformers computes them: the factor is 1 − layer / (layers − 1 + 1e-5) + 1e-5, and any number of
     * heads is treated as a power of two.
     */
    static List<Double> ofTransformers(int heads, int layer, int layers) {
        double factor = 1 - layer / (layers - 1 + LEAST_FACTOR) + LEAST_FACTOR;
        List<Double> slopes = new ArrayList<>();
        for (int head = 0; head < heads; head++) {
            slopes.add(slope(head, heads) * factor);
        }
        return slopes;
    }

    private static double slope(int head, int heads) {
        return Math.pow(2, -8.0 * (head + 1) / heads);
    }
}
