package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsCheckpoint;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the small hybrid model loses where weights are multiplied in fewer bits. */
class MiniMaxPrecisionTest {
    private static final int LENGTH = 600;
    private static final int STEP = 5;

    /** So few that matrices are multiplied as they are packed: longer chunks are multiplied in bf16 whatever the form. */
    private static final int CHUNK_TOKENS = 64;

    private static SafetensorsCheckpoint checkpoint;
    /** A text that the model itself has written by chance, so that its perplexity says something. */
    private static int[] text;

    private static float[][] exact;
    private static double exactPerplexity;

    @BeforeAll
    static void writeAText() {
        checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder());
        Random chance = new Random(4);
        text = new int[LENGTH];
        try (HybridDecoder decoder = load(WeightPrecision.F32, CacheType.F32);
                DecoderState state = decoder.newState()) {
            for (int i = 1; i < LENGTH; i++) {
                float[] logits = decoder.read(state, new int[] {text[i - 1]}, done -> {}, new Cancellation());
                text[i] = chosen(logits, chance);
            }
            exact = logits(decoder);
            exactPerplexity = perplexity(decoder);
        }
    }

    @AfterAll
    static void close() {
        checkpoint.close();
    }

    private static HybridDecoder load(WeightPrecision weights, CacheType cache) {
        return HybridDecoder.load(
                checkpoint,
                DecoderOptions.standard()
                        .withThreads(1)
                        .withPrecision(weights, cache)
                        .withChunkTokens(CHUNK_TOKENS),
                done -> {});
    }

    /** A token with the model's own probabilities. */
    private static int chosen(float[] logits, Random chance) {
        double left = chance.nextDouble()
                * DoubleStream.of(widened(logits)).map(Math::exp).sum();
        int token = 0;
        while (left > Math.exp(logits[token]) && token < logits.length - 1) {
            left -= Math.exp(logits[token]);
            token++;
        }
        return token;
    }

    private static double[] widened(float[] numbers) {
        double[] wide = new double[numbers.length];
        Arrays.setAll(wide, i -> numbers[i]);
        return wide;
    }

    /** Logits at every fifth position. */
    private static float[][] logits(HybridDecoder decoder) {
        int[] positions = IntStream.iterate(0, p -> p < LENGTH, p -> p + STEP).toArray();
        try (DecoderState state = decoder.newState()) {
            float[] rows =
                    decoder.trace(state, text, positions, new Cancellation()).logitsAt();
            int vocabulary = rows.length / positions.length;
            float[][] logits = new float[positions.length][];
            Arrays.setAll(logits, i -> Arrays.copyOfRange(rows, i * vocabulary, (i + 1) * vocabulary));
            return logits;
        }
    }

    private static double perplexity(HybridDecoder decoder) {
        try (DecoderState state = decoder.newState()) {
            decoder.read(state, new int[] {text[0]}, done -> {}, new Cancellation());
            double[] each = decoder.logProbabilities(state, Arrays.copyOfRange(text, 1, LENGTH));
            return Math.exp(-DoubleStream.of(each).average().orElseThrow());
        }
    }

    @Test
    void inHalfTheBitsLogitsAreNearAndTheLikeliestTokenIsTheSame() {
        try (HybridDecoder decoder = load(WeightPrecision.BF16, CacheType.BF16)) {
            float[][] rounded = logits(decoder);
            int clear = 0;
            for (int i = 0; i < exact.length; i++) {
                double furthest = 0;
                for (int token = 0; token < exact[i].length; token++) {
                    furthest = Math.max(furthest, Math.abs(exact[i][token] - rounded[i][token]));
                }
                assertThat(furthest).as("after %d tokens", i * STEP + 1).isLessThan(0.2);
                float[] sorted = exact[i].clone();
                Arrays.sort(sorted);
                if (sorted[sorted.length - 1] - sorted[sorted.length - 2] > 0.1) {
                    clear++;
                    assertThat(likeliest(rounded[i])).isEqualTo(likeliest(exact[i]));
                }
            }
            assertThat(clear).as("positions with a clear margin").isGreaterThan(exact.length / 3);
            assertPerplexity(decoder, "bf16", 0.002);
        }
    }

    @Test
    void inEightBitsTheTextIsAboutAsLikely() {
        try (HybridDecoder decoder = load(WeightPrecision.INT8, CacheType.INT8)) {
            assertPerplexity(decoder, "int8", 0.005);
        }
    }

    @Test
    void inFourBitsTheTextIsNotMuchLessLikely() {
        try (HybridDecoder decoder = load(WeightPrecision.INT4, CacheType.BF16)) {
            assertPerplexity(decoder, "int4", 0.02);
        }
    }

    private static void assertPerplexity(HybridDecoder decoder, String name, double part) {
        double perplexity = perplexity(decoder);
        assertThat(perplexity).as(name).isBetween(exactPerplexity * (1 - part), exactPerplexity * (1 + part));
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
}
