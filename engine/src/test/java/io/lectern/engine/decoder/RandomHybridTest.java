package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.statistics.Statistics;

/** Whatever the configuration and however the tokens are cut up, the decoder computes what the formulas say. */
class RandomHybridTest {
    /** Of the largest logit; the decoder computes in 32 bits. */
    private static final double ROUNDING = 1e-4;

    @Property(tries = 25, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void anyConfigurationIsComputedByTheFormulas(@ForAll long seed) throws IOException {
        compare(new Random(seed));
    }

    @Property(tries = 400, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    @Tag("slow")
    void manyConfigurationsAreComputedByTheFormulas(@ForAll long seed) throws IOException {
        compare(new Random(seed));
    }

    private static void compare(Random chance) throws IOException {
        RandomHybrid model = RandomHybrid.of(chance);
        int length = chance.nextInt(3) == 0 ? chance.nextInt(1, 701) : chance.nextInt(1, 150);
        int[] tokens =
                chance.ints(length, 0, model.config().get("vocab_size").asInt()).toArray();
        int[] ends = chance.ints(chance.nextInt(5), 1, length + 1)
                .sorted()
                .distinct()
                .toArray();
        DecoderOptions options = DecoderOptions.standard()
                .withThreads(1)
                .withPrecision(WeightPrecision.F32, CacheType.F32)
                .withChunkTokens(length < 60 ? chance.nextInt(1, 70) : chance.nextInt(7, 400))
                .withLightningBlockTokens(chance.nextInt(1, 300));

        ReferenceDecoder.Reading expected = new ReferenceDecoder(model.config(), model.weights()).read(tokens);
        Statistics.label("all tokens are compared").collect(expected.decided() == length);

        Path folder = Files.createTempDirectory("random-hybrid");
        try {
            model.writeTo(folder);
            try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder);
                    HybridDecoder decoder = HybridDecoder.load(checkpoint, options, done -> {});
                    DecoderState state = decoder.newState()) {
                for (int end : ends) {
                    readTo(end, decoder, state, tokens, expected, model, options);
                }
                if (state.length() < length) {
                    readTo(length, decoder, state, tokens, expected, model, options);
                }
            }
        } finally {
            for (String name : new String[] {"config.json", "model.safetensors", ""}) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    /** Reads on to a position and compares the logits there, unless an expert's choice before hangs on rounding. */
    private static void readTo(
            int end,
            HybridDecoder decoder,
            DecoderState state,
            int[] tokens,
            ReferenceDecoder.Reading expected,
            RandomHybrid model,
            DecoderOptions options) {
        int[] coming = Arrays.copyOfRange(tokens, state.length(), end);
        float[] logits = decoder.read(state, coming, done -> {}, new Cancellation());
        if (end > expected.decided()) {
            return;
        }
        double[] right = expected.logits()[end - 1];
        double largest = Arrays.stream(right).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < right.length; i++) {
            assertThat(Math.abs(logits[i] - right[i]))
                    .as(
                            "logit %d after %d of %d tokens, read by %s from %s",
                            i, end, tokens.length, options, model.config())
                    .isLessThan(ROUNDING * Math.max(1, largest));
        }
    }
}
