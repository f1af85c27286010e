package io.lectern.engine.measure;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.decoder.DecoderState;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.local.BareModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * How fast a model reads and writes on this machine. Prompts are random tokens, exactly as many as asked for, the same in
 * every run and on every machine; what they say does not matter for the time. Nothing but the model itself is measured:
 * no tokenizer, no chat template, no sampling but the choice of the likeliest token.
 */
public final class Benchmark {
    private static final long SEED = 20_260_722;
    /** Before anything is measured: a prompt that is read as long ones are, and tokens until compilers have done their work. */
    private static final int WARM_UP_PROMPT_TOKENS = 512;

    private static final int WARM_UP_DECODE_TOKENS = 384;
    private static final double WARM_UP_DECODE_SECONDS = 6;

    /**
     * What is measured.
     *
     * @param promptTokens lengths of prompts
     * @param decodeTokens tokens to write after each
     * @param repetitions of each length, of which the medians are reported
     */
    public record Plan(List<Integer> promptTokens, int decodeTokens, int repetitions) {
        public Plan {
            promptTokens = List.copyOf(promptTokens);
            if (repetitions < 1 || decodeTokens < 1 || promptTokens.stream().anyMatch(tokens -> tokens < 1)) {
                throw new IllegalArgumentException("a benchmark needs at least one repetition and one token");
            }
        }
    }

    /**
     * What was measured for one length of prompt; medians over the repetitions.
     *
     * @param promptTokens tokens that were read
     * @param prefillTokensPerSecond those by the time until the logits behind them are known
     * @param decodeTokensPerSecond tokens written, one after the other
     * @param firstTokenMillis time from the beginning of the prompt to the first token of the answer
     * @param peakMegabytes largest memory of this process meanwhile, weights and mapped files included, and for the first
     *     length since its start, in 10⁶ bytes; 0 if the system does not say
     * @param weightGigabytesPerSecond weights read while writing, in 10⁹ bytes a second
     */
    public record Run(
            int promptTokens,
            double prefillTokensPerSecond,
            double decodeTokensPerSecond,
            double firstTokenMillis,
            long peakMegabytes,
            double weightGigabytesPerSecond) {}

    /**
     * All that was measured.
     *
     * @param model its name
     * @param weights in what form the matrices were multiplied
     * @param threads that computed
     * @param repetitions of each length
     * @param decodeTokens that were written after each
     * @param runs one for each length of prompt
     * @param weightBytesPerToken weights that are read to write a token
     * @param memoryGigabytesPerSecond what this process reads from memory at most, measured by summing a large array with
     *     all processors, in 10⁹ bytes a second
     * @param bound what limits the speed, for people
     */
    public record Report(
            String model,
            WeightPrecision weights,
            int threads,
            int repetitions,
            int decodeTokens,
            List<Run> runs,
            long weightBytesPerToken,
            double memoryGigabytesPerSecond,
            String bound) {
        public Report {
            runs = List.copyOf(runs);
        }
    }

    private final HybridDecoder decoder;
    private final Plan plan;
    private final Cancellation cancellation;

    private Benchmark(HybridDecoder decoder, Plan plan, Cancellation cancellation) {
        this.decoder = decoder;
        this.plan = plan;
        this.cancellation = cancellation;
    }

    /**
     * Loads a model and measures it.
     *
     * @param model a GGUF file, or a folder of safetensors files; neither tokenizer nor chat template are needed
     * @throws EngineException with MODEL_UNUSABLE if the model cannot be used; with DOES_NOT_FIT if a prompt and what is
     *     written after it are more than the model's window
     */
    public static Report run(Path model, EngineOptions options, Plan plan, Cancellation cancellation) {
        try (BareModel bare = BareModel.open(model, options)) {
            refuseTooLong(plan, bare.config().contextLength());
            Benchmark benchmark = new Benchmark(bare.decoder(), plan, cancellation);
            benchmark.warmUp();
            List<Run> runs = new ArrayList<>();
            for (int promptTokens : plan.promptTokens()) {
                runs.add(benchmark.measureRepeatedly(promptTokens));
                ProcessMemory.resetPeak();
            }
            double memory = memoryGigabytesPerSecond();
            return new Report(
                    bare.config().name(),
                    options.weights(),
                    options.threads(),
                    plan.repetitions(),
                    plan.decodeTokens(),
                    runs,
                    bare.decoder().weightBytesPerToken(),
                    memory,
                    bound(bare.decoder().weightBytesPerToken(), runs.getFirst(), memory));
        }
    }

    private static void refuseTooLong(Plan plan, int window) {
        for (int tokens : plan.promptTokens()) {
            if ((long) tokens + plan.decodeTokens() > window) {
                throw new EngineException(
                        EngineException.Reason.DOES_NOT_FIT,
                        "%,d tokens and %,d written after them do not fit the model's window of %,d"
                                .formatted(tokens, plan.decodeTokens(), window));
            }
        }
    }

    private record Sample(double prefillSeconds, double firstTokenSeconds, double decodeSeconds) {}

    /** The first use of anything is slower: pages of files are fetched, and Java is interpreted before it is compiled. */
    private void warmUp() {
        int prompt =
                Math.min(WARM_UP_PROMPT_TOKENS, Math.max(1, decoder.config().contextLength() / 2));
        int written = Math.min(WARM_UP_DECODE_TOKENS, decoder.config().contextLength() - prompt);
        try (DecoderState state = decoder.newState()) {
            int token = Choice.likeliest(decoder.read(state, prompt(prompt), progress -> {}, cancellation));
            long start = System.nanoTime();
            for (int i = 0; i < written && secondsSince(start) < WARM_UP_DECODE_SECONDS; i++) {
                token = Choice.likeliest(decoder.read(state, new int[] {token}, progress -> {}, cancellation));
            }
        }
    }

    private int[] prompt(int tokens) {
        return new Random(SEED).ints(tokens, 0, decoder.config().vocabulary()).toArray();
    }

    private Run measureRepeatedly(int promptTokens) {
        List<Sample> samples = new ArrayList<>();
        for (int repetition = 0; repetition < plan.repetitions(); repetition++) {
            samples.add(measure(promptTokens, plan.decodeTokens()));
        }
        double decode = plan.decodeTokens() / median(samples, Sample::decodeSeconds);
        return new Run(
                promptTokens,
                promptTokens / median(samples, Sample::prefillSeconds),
                decode,
                1000 * median(samples, Sample::firstTokenSeconds),
                ProcessMemory.peakMegabytes(),
                decoder.weightBytesPerToken() * decode / 1e9);
    }

    private Sample measure(int promptTokens, int decodeTokens) {
        int[] prompt = prompt(promptTokens);
        try (DecoderState state = decoder.newState()) {
            long start = System.nanoTime();
            float[] logits = decoder.read(state, prompt, progress -> {}, cancellation);
            double prefillSeconds = secondsSince(start);
            int token = Choice.likeliest(logits);
            double firstTokenSeconds = secondsSince(start);
            long written = System.nanoTime();
            for (int i = 0; i < decodeTokens; i++) {
                token = Choice.likeliest(decoder.read(state, new int[] {token}, progress -> {}, cancellation));
            }
            return new Sample(prefillSeconds, firstTokenSeconds, secondsSince(written));
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> part) {
        double[] sorted = samples.stream().mapToDouble(part).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Sums an array far larger than the caches, best of three. */
    private static double memoryGigabytesPerSecond() {
        long[] array = new long[1 << 24];
        Arrays.setAll(array, i -> i);
        double best = 0;
        for (int run = 0; run < 3; run++) {
            long start = System.nanoTime();
            long sum = Arrays.stream(array).parallel().sum();
            double seconds = secondsSince(start);
            if (sum != 0) {
                best = Math.max(best, array.length * (double) Long.BYTES / seconds / 1e9);
            }
        }
        return best;
    }

    private static String bound(long weightBytesPerToken, Run first, double memory) {
        double reached = first.weightGigabytesPerSecond();
        double part = reached / memory;
        return String.format(
                Locale.ROOT,
                "Writing a token reads %.2f GB of weights: %.1f GB/s of the %.1f GB/s that memory gives here (%.0f%%). "
                        + "%s Reading a prompt uses each weight for a whole chunk of tokens and is bound by arithmetic.",
                weightBytesPerToken / 1e9,
                reached,
                memory,
                100 * part,
                part > 0.6
                        ? "Writing is bound by memory."
                        : "Writing is bound by what is done with each weight and between products, not by memory.");
    }
}
