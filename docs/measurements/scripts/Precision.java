import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.decoder.DecoderOptions;
import io.lectern.engine.decoder.DecoderState;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.model.SafetensorsCheckpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a hybrid model loses where its weights are multiplied in fewer bits: the perplexity of a text that the model itself
 * has written by chance in f32, the largest difference of a logit (of every tenth token's), and how often the likeliest
 * token is the same.
 *
 * <p>Usage: {@code java --add-modules jdk.incubator.vector -cp CLASSES Precision.java FOLDER TOKENS} with JDK 25; CLASSES are
 * app/target/lectern-app-*.jar and the content of app/target/classpath.txt of a built checkout. It prints a Markdown table.
 */
public final class Precision {
    private static final int STEP = 10;

    /** So few that matrices are multiplied as they are packed: longer chunks are multiplied in bf16 whatever the form. */
    private static final int CHUNK_TOKENS = 64;

    private record Form(String name, WeightPrecision weights, CacheType cache) {}

    public static void main(String[] arguments) {
        int length = Integer.parseInt(arguments[1]);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(Path.of(arguments[0]))) {
            int[] text = new int[length];
            float[] exact = null;
            System.out.println("| weights | keys and values | perplexity | largest difference of a logit | likeliest the same |");
            System.out.println("|---|---|---|---|---|");
            for (Form form : new Form[] {
                new Form("f32", WeightPrecision.F32, CacheType.F32),
                new Form("bf16", WeightPrecision.BF16, CacheType.BF16),
                new Form("int8", WeightPrecision.INT8, CacheType.BF16),
                new Form("int8", WeightPrecision.INT8, CacheType.INT8),
                new Form("int4", WeightPrecision.INT4, CacheType.BF16)
            }) {
                DecoderOptions options = DecoderOptions.standard()
                        .withPrecision(form.weights(), form.cache())
                        .withChunkTokens(CHUNK_TOKENS);
                try (HybridDecoder decoder = HybridDecoder.load(checkpoint, options, done -> {})) {
                    if (exact == null) {
                        write(decoder, text);
                    }
                    float[] logits = logits(decoder, text);
                    exact = exact == null ? logits : exact;
                    System.out.printf(
                            "| %s | %s | %.3f | %.4f | %d of %d |%n",
                            form.name(),
                            form.cache().name().toLowerCase(),
                            perplexity(decoder, text),
                            furthest(exact, logits),
                            same(exact, logits, decoder.config().vocabulary()),
                            exact.length / decoder.config().vocabulary());
                }
            }
        }
    }

    /** Fills in a text, each token with the model's own probability. */
    private static void write(HybridDecoder decoder, int[] text) {
        Random chance = new Random(4);
        try (DecoderState state = decoder.newState()) {
            for (int i = 1; i < text.length; i++) {
                float[] logits = decoder.read(state, new int[] {text[i - 1]}, done -> {}, new Cancellation());
                double[] odds = IntStream.range(0, logits.length).mapToDouble(token -> Math.exp(logits[token])).toArray();
                double left = chance.nextDouble() * DoubleStream.of(odds).sum();
                int token = 0;
                while (left > odds[token] && token < odds.length - 1) {
                    left -= odds[token++];
                }
                text[i] = token;
            }
        }
    }

    private static float[] logits(HybridDecoder decoder, int[] text) {
        int[] positions = IntStream.iterate(0, p -> p < text.length, p -> p + STEP).toArray();
        try (DecoderState state = decoder.newState()) {
            return decoder.trace(state, text, positions, new Cancellation()).logitsAt();
        }
    }

    private static double perplexity(HybridDecoder decoder, int[] text) {
        try (DecoderState state = decoder.newState()) {
            decoder.read(state, new int[] {text[0]}, done -> {}, new Cancellation());
            double[] each = decoder.logProbabilities(state, Arrays.copyOfRange(text, 1, text.length));
            return Math.exp(-DoubleStream.of(each).average().orElseThrow());
        }
    }

    private static double furthest(float[] exact, float[] logits) {
        return IntStream.range(0, exact.length).mapToDouble(i -> Math.abs(exact[i] - logits[i])).max().orElseThrow();
    }

    private static long same(float[] exact, float[] logits, int vocabulary) {
        return IntStream.iterate(0, row -> row < exact.length, row -> row + vocabulary)
                .filter(row -> likeliest(exact, row, vocabulary) == likeliest(logits, row, vocabulary))
                .count();
    }

    private static int likeliest(float[] logits, int row, int vocabulary) {
        return IntStream.range(row, row + vocabulary).reduce((a, b) -> logits[b] > logits[a] ? b : a).orElseThrow();
    }
}
