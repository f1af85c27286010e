package io.lectern.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How fast an engine reads and writes. It uses nothing but the public interface, so that any engine can be measured and
 * the figures are those a user gets.
 */
public final class Benchmark {
    /** Text that is read, over and over; what it says does not matter for the time. */
    private static final String TEXT =
            "Each party shall keep the other's confidential information secret and use it for this agreement only. ";

    private static final String TASK = "\nCount from one to one thousand in words, each on a line of its own.";

    /**
     * What was measured for one length of prompt.
     *
     * @param promptTokens tokens that were read
     * @param prefillTokensPerSecond median over the runs
     * @param generatedTokens tokens that were written in each run; fewer than asked for where the model ended before
     * @param decodeTokensPerSecond median over the runs
     * @param weightGigabytesPerSecond weights read while writing, in 10⁹ bytes a second; 0 if unknown
     */
    public record Result(
            int promptTokens,
            double prefillTokensPerSecond,
            int generatedTokens,
            double decodeTokensPerSecond,
            double weightGigabytesPerSecond) {}

    /**
     * All that was measured.
     *
     * @param engine what was measured
     * @param runs of each length
     * @param results one for each length of prompt
     * @param weightBytesPerToken weights that are read to write a token; 0 if unknown
     * @param memoryGigabytesPerSecond what this process reads from memory at most, measured by summing a large array with
     *     all processors, in 10⁹ bytes a second
     * @param peakMegabytes largest memory of this process so far, in 10⁶ bytes; 0 if the system does not say
     * @param bound what limits the speed, for people
     */
    public record Report(
            EngineInfo engine,
            int runs,
            List<Result> results,
            long weightBytesPerToken,
            double memoryGigabytesPerSecond,
            long peakMegabytes,
            String bound) {
        public Report {
            results = List.copyOf(results);
        }
    }

    private Benchmark() {}

    /**
     * Measures.
     *
     * @param promptTokens lengths of prompts, about so many tokens each, the chat template's included
     * @param decodeTokens tokens to write after each
     * @param runs of each length; medians are reported
     * @throws EngineException if a prompt does not fit the window
     */
    public static Report run(
            Engine engine, List<Integer> promptTokens, int decodeTokens, int runs, Cancellation cancellation) {
        if (runs < 1 || decodeTokens < 1) {
            throw new IllegalArgumentException("a benchmark needs at least one run and one token");
        }
        measure(engine, prompt(engine, 64), 4, cancellation); // the first use of anything is slower
        List<Result> results = new ArrayList<>();
        for (int tokens : promptTokens) {
            String prompt = prompt(engine, tokens);
            List<Sample> samples = new ArrayList<>();
            for (int run = 0; run < runs; run++) {
                samples.add(measure(engine, prompt, decodeTokens, cancellation));
            }
            double decode = median(samples.stream().mapToDouble(Sample::decodeTokensPerSecond));
            results.add(new Result(
                    samples.getFirst().promptTokens(),
                    median(samples.stream().mapToDouble(Sample::prefillTokensPerSecond)),
                    samples.getFirst().generatedTokens(),
                    decode,
                    engine.weightBytesPerToken() * decode / 1e9));
        }
        double memory = memoryGigabytesPerSecond();
        return new Report(
                engine.info(),
                runs,
                results,
                engine.weightBytesPerToken(),
                memory,
                peakMegabytes(),
                bound(engine, results, memory));
    }

    private record Sample(
            int promptTokens, double prefillTokensPerSecond, int generatedTokens, double decodeTokensPerSecond) {}

    private static Sample measure(Engine engine, String prompt, int decodeTokens, Cancellation cancellation) {
        try (Context context = engine.newContext()) {
            long start = System.nanoTime();
            context.append(Message.user(prompt), progress -> {}, cancellation);
            double prefillSeconds = (System.nanoTime() - start) / 1e9;
            int promptTokens = context.tokenCount();
            GenerationEvent.Finished finished =
                    context.generate(GenerationRequest.greedy(decodeTokens), event -> {}, cancellation);
            cancellation.throwIfCancelled();
            return new Sample(
                    promptTokens,
                    promptTokens / prefillSeconds,
                    finished.generatedTokens(),
                    finished.tokensPerSecond());
        }
    }

    private static String prompt(Engine engine, int tokens) {
        int each = engine.tokenizer().count(TEXT);
        int task = engine.tokenizer().count(TASK);
        return TEXT.repeat(Math.max(1, (tokens - task) / each)) + TASK;
    }

    private static double median(java.util.stream.DoubleStream values) {
        double[] sorted = values.sorted().toArray();
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
            double seconds = (System.nanoTime() - start) / 1e9;
            if (sum != 0) {
                best = Math.max(best, array.length * (double) Long.BYTES / seconds / 1e9);
            }
        }
        return best;
    }

    /** The high-water mark that Linux keeps. */
    private static long peakMegabytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new EngineException(EngineException.Reason.FAILED, "The memory of this process cannot be read", e);
        }
    }

    private static String bound(Engine engine, List<Result> results, double memory) {
        if (!engine.info().local()) {
            return "Read and written on a server: its hardware and the network are the bound.";
        }
        if (engine.weightBytesPerToken() == 0 || results.isEmpty()) {
            return "The engine does not say how many weights it reads, so what bounds it is not known.";
        }
        double reached = results.getFirst().weightGigabytesPerSecond();
        double part = reached / memory;
        return String.format(
                Locale.ROOT,
                "Writing a token reads %.2f GB of weights: %.1f GB/s of the %.1f GB/s that memory gives here (%.0f%%). "
                        + "%s Reading a prompt uses each weight for a whole chunk of tokens and is bound by arithmetic.",
                engine.weightBytesPerToken() / 1e9,
                reached,
                memory,
                100 * part,
                part > 0.6
                        ? "Writing is bound by memory."
                        : "Writing is bound by unpacking the weights, not by memory.");
    }
}
