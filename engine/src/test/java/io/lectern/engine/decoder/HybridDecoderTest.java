package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.Cancellation;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.model.GgufCheckpoint;
import io.lectern.engine.model.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a decoder promises about its states, on a real small model. */
class HybridDecoderTest {
    /** Different ways through the same arithmetic differ in the rounding of bf16 products. */
    private static final double ROUNDING = 0.25;

    /** Log-probability below which a token may not be among the likeliest, whose logits alone are exact. */
    private static final double UNLIKELY = -6;

    private static GgufCheckpoint checkpoint;
    private static HybridDecoder decoder;
    private static int[] text;

    @BeforeAll
    static void load() {
        checkpoint = GgufCheckpoint.open(TestModels.smolLm2());
        decoder = HybridDecoder.load(
                checkpoint, DecoderOptions.standard().withThreads(1).withChunkTokens(200), done -> {});
        text = Goldens.ints(
                Goldens.ofLlamaCpp(Goldens.SMOLLM2).get("greedy").get(2).get("prompt_ids"));
    }

    @AfterAll
    static void free() {
        if (decoder != null) {
            decoder.close();
        }
        if (checkpoint != null) {
            checkpoint.close();
        }
    }

    @Test
    void theSizeOfChunksDoesNotMatter() {
        float[] whole = logitsAfter(text.length);
        try (HybridDecoder other = HybridDecoder.load(
                        checkpoint, DecoderOptions.standard().withThreads(1).withChunkTokens(77), done -> {});
                DecoderState state = other.newState()) {
            assertClose(read(other, state, text), whole);
        }
    }

    @Test
    void tokenByTokenIsTheSameAsAtOnce() {
        try (DecoderState state = decoder.newState()) {
            float[] logits = null;
            for (int i = 0; i < 40; i++) {
                logits = read(decoder, state, text[i]);
            }
            assertClose(logits, logitsAfter(40));
        }
    }

    @Test
    void aForkGoesOnAsAFreshReadingWould() {
        try (DecoderState trunk = decoder.newState()) {
            read(decoder, trunk, part(0, 300));
            DecoderState first = trunk.fork();
            DecoderState third;
            float[] going;
            try (DecoderState second = trunk.fork()) {
                float[] other = read(decoder, second, part(500, 520));
                going = read(decoder, first, part(300, 420));
                assertThat(other).isNotEqualTo(going);
                third = first.fork();
            } finally {
                first.close();
            }
            assertClose(going, logitsAfter(420));
            // The trunk, too, goes on undisturbed, and so does a fork of a fork whose parents are gone.
            assertThat(trunk.length()).isEqualTo(300);
            assertClose(read(decoder, trunk, part(300, 420)), going);
            assertClose(read(decoder, third, part(420, 430)), logitsAfter(430));
            third.close();
        }
    }

    @Test
    void likelihoodsAreThoseOfReadingTokenByToken() {
        int[] continuation = part(300, 340);
        try (DecoderState state = decoder.newState()) {
            read(decoder, state, part(0, 300));
            double[] atOnce = decoder.logProbabilities(state, continuation);
            assertThat(state.length()).isEqualTo(300);
            float[] again = null;
            int compared = 0;
            for (int i = 0; i < continuation.length; i++) {
                float[] logits = again == null ? logitsAfter(300) : again;
                double expected = logits[continuation[i]] - logSum(logits);
                if (expected > UNLIKELY) {
                    compared++;
                    assertThat(atOnce[i]).as("token %d", i).isCloseTo(expected, within(ROUNDING));
                }
                again = read(decoder, state, continuation[i]);
            }
            assertThat(compared).isGreaterThan(continuation.length / 2);
        }
    }

    @Test
    void aShortenedStateReadsOnAsIfItHadNeverBeenLonger() {
        try (DecoderState state = decoder.newState()) {
            read(decoder, state, part(0, 450));
            decoder.truncate(state, 100);
            assertThat(state.length()).isEqualTo(100);
            assertThatThrownBy(() -> decoder.logProbabilities(state, part(0, 2)))
                    .isInstanceOf(IllegalStateException.class);
            assertClose(read(decoder, state, part(100, 300)), logitsAfter(300));
        }
    }

    @Test
    void aReadingThatIsCalledOffLeavesTheStateAsItWas() {
        try (DecoderState state = decoder.newState()) {
            read(decoder, state, part(0, 100));
            double[] before = decoder.logProbabilities(state, part(100, 105));
            Cancellation cancellation = new Cancellation();
            assertThatThrownBy(() -> decoder.read(
                            state,
                            part(100, 700),
                            progress -> {
                                if (progress.part() > 0.5) {
                                    cancellation.cancel();
                                }
                            },
                            cancellation))
                    .isInstanceOf(CancellationException.class);
            assertThat(state.length()).isEqualTo(100);
            assertThat(decoder.logProbabilities(state, part(100, 105))).containsExactly(before);
        }
    }

    @Test
    void memoryDoesNotGrowOverManyForks() throws IOException {
        try (DecoderState trunk = decoder.newState()) {
            read(decoder, trunk, part(0, 300));
            long growth = smallestGrowth(8, () -> {
                try (DecoderState state = trunk.fork()) {
                    read(decoder, state, part(300, 420));
                }
            });
            assertThat(growth)
                    .as("growth in MB; the keys and values of 8 forks are 22 MB")
                    .isLessThan(11);
        }
    }

    @Test
    @Tag("slow")
    void memoryDoesNotGrowOverManySteps() throws IOException {
        try (DecoderState state = decoder.newState()) {
            read(decoder, state, part(0, 100));
            long growth = smallestGrowth(500, () -> {
                decoder.truncate(state, 100);
                read(decoder, state, text[100]);
            });
            assertThat(growth)
                    .as("growth in MB over 500 steps, each of which makes some 100 tensors")
                    .isLessThan(4);
        }
    }

    @Test
    void wrongUseIsRefused() {
        DecoderState state = decoder.newState();
        assertThatThrownBy(() -> read(decoder, state)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(decoder, state, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> decoder.truncate(state, 1)).isInstanceOf(IllegalArgumentException.class);
        state.close();
        assertThatThrownBy(() -> read(decoder, state, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(state::fork).isInstanceOf(IllegalStateException.class);
    }

    /** How much memory grows over so many repetitions, the least of three such series: a leak would show in each. */
    private static long smallestGrowth(int repetitions, Runnable work) throws IOException {
        long smallest = Long.MAX_VALUE;
        long before = 0;
        for (int series = 0; series < 4; series++) {
            for (int i = 0; i < repetitions; i++) {
                work.run();
            }
            long after = anonymousMegabytes();
            if (series > 0) { // the first warms up
                smallest = Math.min(smallest, after - before);
            }
            before = after;
        }
        return smallest;
    }

    /** Memory of this process that is not a file's, garbage aside. */
    private static long anonymousMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeThat(status)
                .as("the memory of a process is read from /proc")
                .exists();
        System.gc();
        String line = Files.readAllLines(status).stream()
                .filter(each -> each.startsWith("RssAnon:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    }

    private static float[] logitsAfter(int tokens) {
        try (DecoderState state = decoder.newState()) {
            return read(decoder, state, part(0, tokens));
        }
    }

    private static int[] part(int from, int to) {
        return Arrays.copyOfRange(text, from, to);
    }

    private static float[] read(HybridDecoder decoder, DecoderState state, int... tokens) {
        return decoder.read(state, tokens, done -> {}, new Cancellation());
    }

    private static void assertClose(float[] actual, float[] expected) {
        double actualSum = logSum(actual);
        double expectedSum = logSum(expected);
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.abs((actual[i] - actualSum) - (expected[i] - expectedSum));
        }
        assertThat(sum / expected.length)
                .as(String.format(Locale.ROOT, "mean difference of %d log-probabilities", expected.length))
                .isLessThan(ROUNDING);
    }

    private static double logSum(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return largest + Math.log(sum);
    }
}
