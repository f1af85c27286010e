package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsCheckpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forks of one reading that write at the same time. */
class SingleTokensTest {
    private static final int WRITTEN = 40;

    @ParameterizedTest
    @CsvSource({"F32, F32, 1e-4", "AS_STORED, INT8, 1e-4", "INT8, BF16, 1e-4", "INT4, F16, 1e-4"})
    void forksThatWriteTogetherWriteWhatEachWouldAlone(WeightPrecision weights, CacheType cache, float tolerance)
            throws Exception {
        DecoderOptions options = DecoderOptions.standard().withThreads(2).withPrecision(weights, cache);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder());
                HybridDecoder decoder = HybridDecoder.load(checkpoint, options, part -> {});
                DecoderState reading = decoder.newState()) {
            read(decoder, reading, new Random(2).ints(700, 0, 512).toArray());
            int forks = 7;
            List<float[]> alone = new ArrayList<>();
            for (int fork = 0; fork < forks; fork++) {
                alone.add(write(decoder, reading, fork));
            }
            List<Future<float[]>> together = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(forks)) {
                for (int fork = 0; fork < forks; fork++) {
                    int number = fork;
                    together.add(threads.submit(() -> write(decoder, reading, number)));
                }
            }
            for (int fork = 0; fork < forks; fork++) {
                float[] expected = alone.get(fork);
                float[] actual = together.get(fork).get();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[i]).as("fork %d, logit %d", fork, i).isCloseTo(expected[i], within(tolerance));
                }
            }
            assertThat(reading.length()).isEqualTo(700);
        }
    }

    /** Follows tokens of its own, and gives the logits after the last. */
    private static float[] write(HybridDecoder decoder, DecoderState reading, int seed) {
        try (DecoderState fork = reading.fork()) {
            float[] logits = null;
            for (int token : new Random(seed).ints(WRITTEN, 0, 512).toArray()) {
                logits = read(decoder, fork, token);
            }
            return logits;
        }
    }

    private static float[] read(HybridDecoder decoder, DecoderState state, int... tokens) {
        return decoder.read(state, tokens, progress -> {}, new Cancellation());
    }
}
