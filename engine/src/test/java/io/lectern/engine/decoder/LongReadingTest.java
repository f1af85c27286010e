package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsCheckpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Readings of many chunks and tiles on a model of both kinds of attention. */
class LongReadingTest {
    private static final int[] TEXT = new Random(11).ints(5_000, 0, 512).toArray();

    private static final DecoderOptions EXACT = DecoderOptions.standard()
            .withThreads(1)
            .withChunkTokens(1_500)
            .withPrecision(WeightPrecision.F32, CacheType.F32);

    private static SafetensorsCheckpoint checkpoint;
    private static HybridDecoder decoder;

    @BeforeAll
    static void load() {
        checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder());
        decoder = HybridDecoder.load(checkpoint, EXACT, part -> {});
    }

    @AfterAll
    static void free() {
        decoder.close();
        checkpoint.close();
    }

    @ParameterizedTest
    @EnumSource(WeightPrecision.class)
    void weightsReadFromTheirFileLayerByLayerGiveTheSameNumbers(WeightPrecision weights) {
        DecoderOptions options = EXACT.withChunkTokens(0)
                .withPrecision(weights, CacheType.F32)
                .withVectorSteps(false); // which are there only if they need no copy of the weights
        try (HybridDecoder resident = HybridDecoder.load(checkpoint, options, part -> {});
                HybridDecoder streamed = HybridDecoder.load(checkpoint, options.withMemoryBytes(500_000), part -> {})) {
            assertThat(resident.plan().streamed()).isFalse();
            assertThat(streamed.plan().streamed()).isTrue();
            try (DecoderState one = resident.newState();
                    DecoderState other = streamed.newState()) {
                int[] text = new Random(3).ints(900, 0, 512).toArray();
                assertThat(read(streamed, other, text)).containsExactly(read(resident, one, text));
                // Token by token, too, with what was let go of in between.
                assertThat(read(streamed, other, 7)).containsExactly(read(resident, one, 7));
            }
        }
    }

    @Test
    void whatDoesNotFitTheMemoryIsRefusedWithItsNumbersAndNothingIsRead() {
        DecoderOptions options = EXACT.withMemoryBytes(10_000_000);
        try (HybridDecoder small = HybridDecoder.load(checkpoint, options, part -> {});
                DecoderState state = small.newState()) {
            float[] before = read(small, state, 1, 2, 3);
            assertThatThrownBy(() -> read(small, state, new int[200_000]))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("200,000 tokens")
                    .hasMessageContaining("102.4 MB")
                    .extracting(e -> ((EngineException) e).reason())
                    .isEqualTo(EngineException.Reason.DOES_NOT_FIT);
            assertThat(state.length()).isEqualTo(3);
            assertThat(small.logProbabilities(state, new int[] {4})[0])
                    .isCloseTo(logProbability(before, 4), within(1e-5));
        }
    }

    @Test
    void progressIsExactToTheChunkAndTheLayer() {
        List<ReadingProgress> heard = new ArrayList<>();
        try (DecoderState state = decoder.newState()) {
            decoder.read(state, TEXT, heard::add, new Cancellation());
        }
        assertThat(heard).extracting(ReadingProgress::part).isSorted();
        assertThat(heard.getLast().part()).isCloseTo(1, within(1e-9));
        assertThat(heard).allSatisfy(progress -> {
            assertThat(progress.layers()).isEqualTo(8);
            assertThat(progress.chunks()).isEqualTo(4);
        });
        // Each layer of each chunk, in order.
        assertThat(heard.stream()
                        .map(progress -> progress.chunk() * 8 + progress.layer())
                        .distinct())
                .hasSize(4 * 8)
                .isSorted();
    }

    @Test
    void aReadingThatRestsGoesOnWhereItWas() throws Exception {
        float[] expected;
        try (DecoderState state = decoder.newState()) {
            expected = read(decoder, state, TEXT);
        }
        Cancellation cancellation = new Cancellation();
        CountDownLatch resting = new CountDownLatch(1);
        try (DecoderState state = decoder.newState()) {
            CompletableFuture<float[]> reading = CompletableFuture.supplyAsync(() -> decoder.read(
                    state,
                    TEXT,
                    progress -> {
                        if (progress.part() > 0.4 && resting.getCount() > 0) {
                            cancellation.pause();
                            resting.countDown();
                        }
                    },
                    cancellation));
            resting.await();
            assertThatThrownBy(() -> reading.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            cancellation.resume();
            assertThat(reading.get(1, TimeUnit.MINUTES)).containsExactly(expected);
        }
    }

    @Test
    void aReadingThatIsCalledOffWhileItRestsLeavesTheStateAsItWas() throws Exception {
        Cancellation cancellation = new Cancellation();
        CountDownLatch resting = new CountDownLatch(1);
        try (DecoderState state = decoder.newState()) {
            float[] before = read(decoder, state, 5, 6, 7);
            CompletableFuture<float[]> reading = CompletableFuture.supplyAsync(() -> decoder.read(
                    state,
                    TEXT,
                    progress -> {
                        if (progress.layer() == 3) {
                            cancellation.pause();
                            resting.countDown();
                        }
                    },
                    cancellation));
            resting.await();
            cancellation.cancel();
            assertThatThrownBy(reading::join).hasCauseInstanceOf(CancellationException.class);
            assertThat(state.length()).isEqualTo(3);
            assertThat(decoder.logProbabilities(state, new int[] {9})[0])
                    .isCloseTo(logProbability(before, 9), within(1e-5));
        }
    }

    @Test
    void aShortenedStateGoesOnAsIfItHadNeverBeenLonger() {
        int[] tail = {3, 1, 4, 1, 5, 9, 2, 6};
        try (DecoderState state = decoder.newState();
                DecoderState other = decoder.newState()) {
            read(decoder, state, TEXT);
            read(decoder, other, TEXT);
            decoder.mark(state);
            for (int token : tail) {
                read(decoder, state, token);
            }
            decoder.truncate(state, TEXT.length + 3);
            read(decoder, other, 3);
            read(decoder, other, 1);
            read(decoder, other, 4);
            assertThat(read(decoder, state, 77))
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(read(decoder, other, 77));
            assertThatThrownBy(() -> decoder.truncate(state, TEXT.length - 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static double logProbability(float[] logits, int token) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return logits[token] - Math.log(sum);
    }

    private static float[] read(HybridDecoder decoder, DecoderState state, int... tokens) {
        return decoder.read(state, tokens, progress -> {}, new Cancellation());
    }
}
