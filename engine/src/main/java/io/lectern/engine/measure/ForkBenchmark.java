package io.lectern.engine.measure;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.decoder.DecoderState;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.local.BareModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What it saves to ask many questions of forks of one reading: the same questions are answered by forks one after the other,
 * by forks at the same time, and, to compare, each with a reading of its own.
 */
public final class ForkBenchmark {
    private static final long SEED = 20_260_723;

    /**
     * What is measured.
     *
     * @param promptTokens tokens of the reading
     * @param questionTokens tokens of each question
     * @param answerTokens tokens written in answer to each
     * @param forks how many questions there are
     */
    public record Plan(int promptTokens, int questionTokens, int answerTokens, int forks) {
        public Plan {
            if (promptTokens < 1 || questionTokens < 1 || answerTokens < 1 || forks < 1) {
                throw new IllegalArgumentException("prompt, question, answer and forks must be at least 1");
            }
        }
    }

    /**
     * What one way took.
     *
     * @param seconds for all questions, their readings included
     * @param peakMegabytes largest memory of this process meanwhile, in 10⁶ bytes; 0 if the system does not say
     */
    public record Way(double seconds, long peakMegabytes) {}

    /**
     * What was measured.
     *
     * @param plan what was done
     * @param oneByOne one reading, the forks one after the other
     * @param together one reading, the forks at the same time
     * @param separately each question with a reading of its own, one after the other
     * @param sameAnswers whether all three ways wrote the same tokens
     */
    public record Report(Plan plan, Way oneByOne, Way together, Way separately, boolean sameAnswers) {}

    private final HybridDecoder decoder;
    private final Plan plan;
    private final Cancellation cancellation;

    private ForkBenchmark(HybridDecoder decoder, Plan plan, Cancellation cancellation) {
        this.decoder = decoder;
        this.plan = plan;
        this.cancellation = cancellation;
    }

    /**
     * Loads a model and measures it.
     *
     * @param model a GGUF file, or a folder of safetensors files
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if the model cannot be used
     */
    public static Report run(Path model, EngineOptions options, Plan plan, Cancellation cancellation) {
        try (BareModel bare = BareModel.open(model, options)) {
            return new ForkBenchmark(bare.decoder(), plan, cancellation).measure();
        }
    }

    private interface Asking {
        List<List<Integer>> answers();
    }

    private Report measure() {
        List<List<List<Integer>>> written = new ArrayList<>();
        Way together = time(this::askTogether, written);
        Way oneByOne = time(this::askOneByOne, written);
        Way separately = time(this::askSeparately, written);
        return new Report(
                plan,
                oneByOne,
                together,
                separately,
                written.stream().distinct().count() == 1);
    }

    private static Way time(Asking asking, List<List<List<Integer>>> written) {
        ProcessMemory.resetPeak();
        long start = System.nanoTime();
        written.add(asking.answers());
        return new Way((System.nanoTime() - start) / 1e9, ProcessMemory.peakMegabytes());
    }

    private List<List<Integer>> askTogether() {
        try (DecoderState reading = reading();
                ExecutorService askers = Executors.newFixedThreadPool(plan.forks())) {
            List<Future<List<Integer>>> answers = new ArrayList<>();
            for (int fork = 0; fork < plan.forks(); fork++) {
                int question = fork;
                answers.add(askers.submit(() -> askFork(reading, question)));
            }
            List<List<Integer>> all = new ArrayList<>();
            for (Future<List<Integer>> answer : answers) {
                all.add(answer.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private List<List<Integer>> askOneByOne() {
        List<List<Integer>> answers = new ArrayList<>();
        try (DecoderState reading = reading()) {
            for (int question = 0; question < plan.forks(); question++) {
                answers.add(askFork(reading, question));
            }
        }
        return answers;
    }

    private List<List<Integer>> askSeparately() {
        List<List<Integer>> answers = new ArrayList<>();
        for (int question = 0; question < plan.forks(); question++) {
            try (DecoderState reading = reading()) {
                answers.add(ask(reading, question));
            }
        }
        return answers;
    }

    private DecoderState reading() {
        DecoderState state = decoder.newState();
        try {
            read(state, tokens(SEED, plan.promptTokens()));
            return state;
        } catch (RuntimeException | Error e) {
            state.close();
            throw e;
        }
    }

    private List<Integer> askFork(DecoderState reading, int question) {
        try (DecoderState fork = reading.fork()) {
            return ask(fork, question);
        }
    }

    private List<Integer> ask(DecoderState state, int question) {
        List<Integer> answer = new ArrayList<>();
        int token = Choice.likeliest(read(state, tokens(SEED + 1 + question, plan.questionTokens())));
        for (int i = 0; i < plan.answerTokens(); i++) {
            answer.add(token);
            token = Choice.likeliest(read(state, token));
        }
        return answer;
    }

    private int[] tokens(long seed, int count) {
        return new Random(seed).ints(count, 0, decoder.config().vocabulary()).toArray();
    }

    private float[] read(DecoderState state, int... tokens) {
        return decoder.read(state, tokens, progress -> {}, cancellation);
    }
}
