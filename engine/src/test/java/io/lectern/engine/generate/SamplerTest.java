package io.lectern.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.Sampling;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class SamplerTest {

    @Provide
    Arbitrary<float[]> logits() {
        return Arbitraries.floats()
                .between(-20, 20)
                .array(float[].class)
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Property(tries = 300)
    void greedyTakesTheFirstOfTheHighest(@ForAll("logits") float[] logits) {
        int token = new Sampler(Sampling.GREEDY).next(logits);
        for (int other = 0; other < logits.length; other++) {
            assertThat(logits[token]).isGreaterThanOrEqualTo(logits[other]);
            if (logits[other] == logits[token]) {
                assertThat(token).isLessThanOrEqualTo(other);
            }
        }
    }

    @Property(tries = 300)
    void topKDrawsOnlyFromTheKHighest(
            @ForAll("logits") float[] logits, @ForAll @IntRange(min = 1, max = 5) int k, @ForAll long seed) {
        int token = new Sampler(new Sampling(1.3, k, 1, 0, 1, seed)).next(logits);
        long higher = IntStream.range(0, logits.length)
                .filter(other -> logits[other] > logits[token])
                .count();
        assertThat(higher).isLessThan(k);
    }

    @Property(tries = 300)
    void topPDrawsOnlyFromTheNucleus(
            @ForAll("logits") float[] logits,
            @ForAll @DoubleRange(min = 0.05, max = 0.95) double p,
            @ForAll long seed) {
        int token = new Sampler(new Sampling(1, 0, p, 0, 1, seed)).next(logits);
        double[] probabilities = probabilities(logits);
        // The tokens before it in order do not reach p together, or it would have been cut off.
        double before = order(logits).stream()
                .takeWhile(other -> other != token)
                .mapToDouble(other -> probabilities[other])
                .sum();
        assertThat(before).isLessThan(p + 1e-9);
    }

    @Property(tries = 300)
    void minPDrawsOnlyWhatIsLikelyEnough(
            @ForAll("logits") float[] logits, @ForAll @DoubleRange(min = 0, max = 0.9) double p, @ForAll long seed) {
        int token = new Sampler(new Sampling(1, 0, 1, p, 1, seed)).next(logits);
        double[] probabilities = probabilities(logits);
        assertThat(probabilities[token])
                .isGreaterThanOrEqualTo(p * Arrays.stream(probabilities).max().orElseThrow() - 1e-9);
    }

    @Property(tries = 100)
    void theSameSeedDrawsTheSame(@ForAll("logits") float[] logits, @ForAll long seed) {
        Sampling sampling = new Sampling(0.8, 20, 0.9, 0.01, 1.1, seed);
        Sampler first = new Sampler(sampling);
        Sampler second = new Sampler(sampling);
        for (int i = 0; i < 10; i++) {
            assertThat(first.next(logits)).isEqualTo(second.next(logits));
        }
    }

    @Example
    void drawsFollowTheProbabilitiesAtTheTemperature() {
        float[] logits = {0, (float) Math.log(2), (float) Math.log(5), -100};
        double temperature = 2;
        Sampler sampler = new Sampler(new Sampling(temperature, 0, 1, 0, 1, 7));
        Map<Integer, Integer> counts = new HashMap<>();
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            counts.merge(sampler.next(logits), 1, Integer::sum);
        }
        double sum = 1 + Math.sqrt(2) + Math.sqrt(5);
        assertThat(counts.get(0) / (double) draws).isCloseTo(1 / sum, within(0.01));
        assertThat(counts.get(1) / (double) draws).isCloseTo(Math.sqrt(2) / sum, within(0.01));
        assertThat(counts.get(2) / (double) draws).isCloseTo(Math.sqrt(5) / sum, within(0.01));
        assertThat(counts).doesNotContainKey(3);
    }

    @Example
    void repetitionIsPenalizedForPositiveAndNegativeLogits() {
        Sampler positive = new Sampler(new Sampling(0, 0, 1, 0, 1.5, 0));
        float[] logits = {3, 2.5f, 1.9f};
        assertThat(IntStream.range(0, 4).map(i -> positive.next(logits))).containsExactly(0, 1, 0, 0);
        Sampler negative = new Sampler(new Sampling(0, 0, 1, 0, 2, 0));
        float[] below = {-1, -1.5f};
        assertThat(IntStream.range(0, 3).map(i -> negative.next(below))).containsExactly(0, 1, 0);
        assertThat(logits).containsExactly(3, 2.5f, 1.9f);
    }

    private static double[] probabilities(float[] logits) {
        double[] weights = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i]))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static List<Integer> order(float[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -logits[i]).thenComparingInt(i -> i))
                .toList();
    }
}
