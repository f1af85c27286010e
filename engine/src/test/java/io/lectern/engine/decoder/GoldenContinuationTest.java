package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.Cancellation;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.model.GgufCheckpoint;
import io.lectern.engine.model.Goldens;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The decoder against llama.cpp. The two round differently (llama.cpp makes activations 8-bit integers, and its own
 * versions differ from one another by 0.06 in the mean), so near ties may be decided either way; where the reference is
 * sure, ours must say the same.
 */
class GoldenContinuationTest {
    /** Difference of the reference's two best log-probabilities above which the best must be ours too. */
    private static final double CLEAR_MARGIN = 0.5;

    /** One thread: two that share a busy machine with others spend most of their time waiting for each other. */
    private static final DecoderOptions OPTIONS =
            DecoderOptions.standard().withThreads(1).withChunkTokens(512);

    @Test
    void smolLm2GoesOnAsLlamaCppDoes() {
        goesOnAs(Goldens.ofLlamaCpp(Goldens.SMOLLM2), TestModels.smolLm2());
    }

    @Test
    @Tag("slow")
    void qwenGoesOnAsLlamaCppDoes() {
        goesOnAs(Goldens.ofLlamaCpp(Goldens.QWEN), TestModels.qwen());
    }

    private static void goesOnAs(JsonNode golden, Path model) {
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(model);
                HybridDecoder decoder = HybridDecoder.load(checkpoint, OPTIONS, done -> {})) {
            for (JsonNode continuation : golden.get("greedy")) {
                checkEachStep(
                        decoder,
                        Goldens.ints(continuation.get("prompt_ids")),
                        Goldens.ints(continuation.get("greedy_ids")),
                        continuation.get("top10_logprobs"));
            }
        }
    }

    /** Follows the reference's tokens whatever ours would have been, and compares the probabilities of each step. */
    private static void checkEachStep(HybridDecoder decoder, int[] prompt, int[] expected, JsonNode best) {
        try (DecoderState state = decoder.newState()) {
            float[] logits = read(decoder, state, prompt);
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                int first = best.get(i).get(0).get(0).asInt();
                double firstLikelihood = best.get(i).get(0).get(1).asDouble();
                double margin = firstLikelihood - best.get(i).get(1).get(1).asDouble();
                if (margin > CLEAR_MARGIN) {
                    assertThat(likeliest(logits))
                            .as("step %d of the prompt of %d tokens", i, prompt.length)
                            .isEqualTo(first);
                }
                difference += Math.abs(logits[first] - logSum(logits) - firstLikelihood) / expected.length;
                logits = read(decoder, state, expected[i]);
            }
            assertThat(difference).as("mean difference of log-probabilities").isLessThan(0.1);
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
