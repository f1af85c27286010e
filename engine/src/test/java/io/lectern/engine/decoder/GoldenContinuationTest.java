package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.model.GgufCheckpoint;
import io.lectern.engine.model.Goldens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The decoder against llama.cpp. Where both compute in 32 bits, they must agree to the fourth digit. With weights of few bits
 * the two round differently (llama.cpp makes activations 8-bit integers), so near ties may be decided either way; where the
 * reference is sure, ours must say the same. See decision 0090.
 */
class GoldenContinuationTest {
    /** Difference of the reference's two best log-probabilities above which the best must be ours too. */
    private static final double CLEAR_MARGIN = 0.5;

    /** Greedy tokens that are equal at least. */
    private static final int EQUAL_TOKENS = 12;

    /** One thread: two that share a busy machine with others spend most of their time waiting for each other. */
    private static final DecoderOptions OPTIONS =
            DecoderOptions.standard().withThreads(1).withChunkTokens(512);

    private static final DecoderOptions IN_32_BITS = OPTIONS.withPrecision(WeightPrecision.F32, CacheType.F32);

    @Test
    void smolLm2GoesOnAsLlamaCppDoes() {
        with(TestModels.smolLm2(), OPTIONS, decoder -> {
            follow(decoder, Goldens.SMOLLM2).forEach(steps -> isSureOfTheSame(steps, 0.1));
            follow(decoder, Goldens.SMOLLM2_F32).forEach(steps -> isSureOfTheSame(steps, 0.05));
        });
    }

    @Test
    @Tag("slow")
    void qwenGoesOnAsLlamaCppDoes() {
        with(
                TestModels.qwen(),
                OPTIONS,
                decoder -> follow(decoder, Goldens.QWEN).forEach(steps -> {
                    isSureOfTheSame(steps, 0.1);
                    assertThat(departures(steps.subList(0, EQUAL_TOKENS))).isEmpty();
                }));
    }

    @Test
    void smolLm2In32BitsIsLlamaCppIn32Bits() {
        with(TestModels.smolLm2(), IN_32_BITS, decoder -> {
            for (List<Step> steps : follow(decoder, Goldens.SMOLLM2_F32)) {
                assertThat(steps).hasSizeGreaterThanOrEqualTo(EQUAL_TOKENS);
                assertThat(departures(steps)).isEmpty();
                assertThat(steps)
                        .allSatisfy(step -> assertThat(step.largestDifference()).isLessThan(0.002));
            }
        });
    }

    /**
     * llama.cpp with the weights of the file departs from llama.cpp with the same weights in 32 bits at one step: the sixth
     * token of the first prompt. Rounded, its two best are 0.26 apart; in 32 bits they are 0.22 apart the other way round. So
     * there, and nowhere else, the computation in 32 bits has to depart from it.
     */
    @Test
    void smolLm2In32BitsDepartsFromTheRoundedReferenceOnlyWhereRoundingDecides() {
        with(
                TestModels.smolLm2(),
                IN_32_BITS,
                decoder -> assertThat(follow(decoder, Goldens.SMOLLM2).stream().map(GoldenContinuationTest::departures))
                        .containsExactly(List.of(5), List.of(), List.of()));
    }

    private static void with(Path model, DecoderOptions options, Consumer<HybridDecoder> check) {
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(model);
                HybridDecoder decoder = HybridDecoder.load(checkpoint, options, done -> {})) {
            check.accept(decoder);
        }
    }

    /** Where the reference is sure, ours says the same, and its best tokens are as likely in the mean. */
    private static void isSureOfTheSame(List<Step> steps, double meanDifference) {
        assertThat(departures(steps.stream()
                        .filter(step -> step.margin() > CLEAR_MARGIN)
                        .toList()))
                .isEmpty();
        assertThat(steps.stream().mapToDouble(Step::differenceOfFirst).average().orElseThrow())
                .as("mean difference of log-probabilities")
                .isLessThan(meanDifference);
    }

    /** The steps at which another token is the likeliest. */
    private static List<Integer> departures(List<Step> steps) {
        return steps.stream()
                .filter(step -> step.ours() != step.first())
                .map(Step::index)
                .toList();
    }

    /** The steps of each of a golden's continuations. */
    private static List<List<Step>> follow(HybridDecoder decoder, String golden) {
        List<List<Step>> all = new ArrayList<>();
        for (JsonNode continuation : Goldens.ofLlamaCpp(golden).get("greedy")) {
            all.add(steps(
                    decoder,
                    Goldens.ints(continuation.get("prompt_ids")),
                    Goldens.ints(continuation.get("greedy_ids")),
                    continuation.get("top10_logprobs")));
        }
        return all;
    }

    /**
     * Follows the reference's tokens whatever ours would have been. Up to the first departure that is what our own greedy
     * choice writes.
     */
    private static List<Step> steps(HybridDecoder decoder, int[] prompt, int[] expected, JsonNode best) {
        List<Step> steps = new ArrayList<>();
        try (DecoderState state = decoder.newState()) {
            float[] logits = read(decoder, state, prompt);
            for (int i = 0; i < expected.length; i++) {
                steps.add(Step.of(i, expected[i], logits, best.get(i)));
                logits = read(decoder, state, expected[i]);
            }
        }
        return steps;
    }

    /**
     * One token of a continuation.
     *
     * @param index place in the continuation, from 0
     * @param first the reference's token
     * @param ours our likeliest token
     * @param margin difference of the reference's two best log-probabilities
     * @param differenceOfFirst how far our log-probability of the reference's token is from its own
     * @param largestDifference the same, at most, of its ten best
     */
    private record Step(
            int index, int first, int ours, double margin, double differenceOfFirst, double largestDifference) {
        static Step of(int index, int first, float[] logits, JsonNode best) {
            double logSum = logSum(logits);
            double[] differences = new double[best.size()];
            double largest = 0;
            for (int i = 0; i < differences.length; i++) {
                int token = best.get(i).get(0).asInt();
                differences[i] =
                        Math.abs(logits[token] - logSum - best.get(i).get(1).asDouble());
                largest = Math.max(largest, differences[i]);
            }
            assertThat(best.get(0).get(0).asInt()).as("the reference is greedy").isEqualTo(first);
            double margin = best.get(0).get(1).asDouble() - best.get(1).get(1).asDouble();
            return new Step(index, first, likeliest(logits), margin, differences[0], largest);
        }
    }

    private static float[] read(HybridDecoder decoder, DecoderState state, int... tokens) {
        return decoder.read(state, tokens, done -> {}, new Cancellation());
    }

    static int likeliest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    private static double logSum(float[] logits) {
        double largest = logits[likeliest(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return largest + Math.log(sum);
    }
}
