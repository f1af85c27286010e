package io.lectern.engine.measure;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.decoder.DecoderState;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.decoder.ReadingTrace;
import io.lectern.engine.local.BareModel;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.SafetensorsFile;
import io.lectern.engine.model.SafetensorsFile.Stored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Compares what a model computes here with what another implementation computed of the same weights and wrote into a
 * safetensors file. For each prompt NAME that file holds {@code NAME.input_ids} and as many of these as it likes:
 *
 * <ul>
 *   <li>{@code NAME.last_logits} {vocabulary}: logits behind the last token;
 *   <li>{@code NAME.logits_every} {positions, vocabulary}: logits at the positions 0, s, 2s, …, s = max(1, length / 8);
 *   <li>{@code NAME.hidden_last.i} {hidden}: the stream at the last token before layer i, or, for i = number of layers,
 *       behind the final norm;
 *   <li>{@code NAME.kv_state.i} {heads, head dimension of keys, of values}: the state of Lightning attention in layer i;
 *   <li>{@code NAME.decode_tokens}: tokens that were read after the prompt, one by one, and {@code NAME.decode_logits}:
 *       the logits after the first of them and every fourth from there on.
 * </ul>
 *
 * A NAME that begins with {@code rotN_} was computed with only the first N numbers of each head turned by the rotary
 * embedding of softmax attention.
 */
public final class Parity {
    private static final String INPUT = ".input_ids";
    private static final Pattern ROTARY = Pattern.compile("rot(\\d+)_.*");

    /** Of the tokens read after a prompt, the logits behind every so many are compared. */
    private static final int DECODED_PER_LOGITS = 4;

    /**
     * What the comparison found.
     *
     * @param largestErrors for each tensor of the reference that was compared, by its name, the largest absolute
     *     difference of a number, over all sizes of chunks
     */
    public record Report(Map<String, Double> largestErrors) {
        public Report {
            largestErrors = Collections.unmodifiableMap(new LinkedHashMap<>(largestErrors));
        }

        /** The largest of all; not a number if any is not. */
        public double largestError() {
            return largestErrors.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .reduce(0, Math::max);
        }
    }

    private final Map<String, Stored> golden;
    private final Map<String, Double> errors = new LinkedHashMap<>();
    private final Cancellation cancellation;

    private Parity(Map<String, Stored> golden, Cancellation cancellation) {
        this.golden = golden;
        this.cancellation = cancellation;
    }

    /**
     * Compares.
     *
     * @param model a folder of safetensors files or a GGUF file
     * @param golden what the reference computed
     * @param chunkTokens tokens that are read at once, each size in its turn; 0 for the whole prompt
     * @throws EngineException with MODEL_UNUSABLE if the model or the reference cannot be used, or do not belong together
     */
    public static Report run(
            Path model, Path golden, EngineOptions options, List<Integer> chunkTokens, Cancellation cancellation) {
        if (chunkTokens.isEmpty() || chunkTokens.stream().anyMatch(tokens -> tokens < 0)) {
            throw new IllegalArgumentException("no sizes of chunks, or negative ones");
        }
        try (SafetensorsFile file = SafetensorsFile.open(golden)) {
            Parity parity = new Parity(file.tensors(), cancellation);
            Map<Integer, List<String>> promptsByRotary = parity.prompts();
            if (promptsByRotary.isEmpty()) {
                throw new EngineException(
                        EngineException.Reason.MODEL_UNUSABLE,
                        golden + " holds no prompt: no tensor's name ends in " + INPUT);
            }
            for (int size : chunkTokens) {
                promptsByRotary.forEach((rotary, prompts) -> {
                    try (BareModel bare = BareModel.open(
                            model,
                            options,
                            size == 0 ? Integer.MAX_VALUE : size,
                            config -> rotary == 0 ? config : withRotary(config, rotary))) {
                        prompts.forEach(prompt -> parity.compare(bare.decoder(), prompt));
                    }
                });
            }
            return new Report(parity.errors);
        }
    }

    /** The names of prompts by the numbers that the rotary embedding turns, 0 for those of the configuration. */
    private Map<Integer, List<String>> prompts() {
        Map<Integer, List<String>> byRotary = new TreeMap<>();
        for (String tensor : golden.keySet()) {
            if (tensor.endsWith(INPUT)) {
                String name = tensor.substring(0, tensor.length() - INPUT.length());
                Matcher rotary = ROTARY.matcher(name);
                byRotary.computeIfAbsent(
                                rotary.matches() ? Integer.parseInt(rotary.group(1)) : 0, key -> new ArrayList<>())
                        .add(name);
            }
        }
        return byRotary;
    }

    private static ModelConfig withRotary(ModelConfig config, int dimensions) {
        List<LayerSpec> layers = config.layers().stream()
                .map(layer -> layer.mixer() instanceof Softmax softmax
                        ? new LayerSpec(
                                softmax.withRotaryDimensions(dimensions),
                                layer.mixerResidual(),
                                layer.feedForward(),
                                layer.feedForwardResidual())
                        : layer)
                .toList();
        return config.withLayers(layers);
    }

    private void compare(HybridDecoder decoder, String prompt) {
        int[] tokens = tokens(prompt + INPUT);
        try (DecoderState state = decoder.newState()) {
            int step = Math.max(1, tokens.length / 8);
            int[] positions = golden.containsKey(prompt + ".logits_every")
                    ? IntStream.iterate(0, p -> p < tokens.length, p -> p + step)
                            .toArray()
                    : new int[0];
            ReadingTrace trace = decoder.trace(state, tokens, positions, cancellation);
            note(prompt + ".last_logits", trace.lastLogits());
            note(prompt + ".logits_every", trace.logitsAt());
            trace.lastHidden().forEach((layer, numbers) -> note(prompt + ".hidden_last." + layer, numbers));
            trace.lightningStates().forEach((layer, numbers) -> note(prompt + ".kv_state." + layer, numbers));
            if (golden.containsKey(prompt + ".decode_tokens")) {
                note(prompt + ".decode_logits", logitsWhileWriting(decoder, state, tokens(prompt + ".decode_tokens")));
            }
        }
    }

    private float[] logitsWhileWriting(HybridDecoder decoder, DecoderState state, int[] written) {
        int vocabulary = decoder.config().vocabulary();
        float[] all = new float[(written.length + DECODED_PER_LOGITS - 1) / DECODED_PER_LOGITS * vocabulary];
        for (int i = 0; i < written.length; i++) {
            float[] logits = decoder.read(state, new int[] {written[i]}, done -> {}, cancellation);
            if (i % DECODED_PER_LOGITS == 0) {
                System.arraycopy(logits, 0, all, i / DECODED_PER_LOGITS * vocabulary, vocabulary);
            }
        }
        return all;
    }

    private int[] tokens(String name) {
        return Arrays.stream(golden.get(name).readIntegers())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** Compares with the reference's tensor of this name, if it has one. */
    private void note(String name, float[] actual) {
        Stored stored = golden.get(name);
        if (stored == null) {
            return;
        }
        float[] expected = stored.asWeights(name).readAll();
        if (expected.length != actual.length) {
            throw new EngineException(
                    EngineException.Reason.MODEL_UNUSABLE,
                    "The reference has %,d numbers for %s, the model computes %,d: they do not belong together"
                            .formatted(expected.length, name, actual.length));
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
        }
        errors.merge(name, largest, Math::max);
    }
}
