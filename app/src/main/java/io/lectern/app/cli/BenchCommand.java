package io.lectern.app.cli;

import io.lectern.engine.Cancellation;
import io.lectern.engine.measure.Benchmark;
import io.lectern.engine.measure.ForkBenchmark;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lectern engine bench}. */
@Command(
        name = "bench",
        description = "How fast a model reads and writes on this machine: medians, and what bounds them.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final int QUESTION_TOKENS = 64;

    private final Terminal terminal;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = EngineOption.EMBEDDED,
            description =
                    "embedded (the default), a model file (FILE.gguf), or a model folder; a tokenizer is not needed")
    private String model;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            split = ",",
            defaultValue = "512,4096",
            description = "Lengths of prompts, which are random tokens, such as 512,4096 (the default).")
    private List<Integer> promptTokens;

    @Option(
            names = "--decode",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens to write after each (default: 64).")
    private int decode;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Runs of each (default: 3).")
    private int runs;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "Instead: answer N questions with forks of one reading, together and one by one, and with a"
                    + " reading each (of the first length of prompt), and compare time and memory.")
    private Integer forks;

    @Mixin
    private ComputingOptions computing;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (decode < 1 || runs < 1 || promptTokens.stream().anyMatch(n -> n < 1)) {
            throw new ParameterException(spec.commandLine(), "lengths and runs must be at least 1");
        }
        terminal.progress("measuring");
        if (forks != null) {
            return measureForks();
        }
        Benchmark.Report report = Benchmark.run(
                EngineOption.file(model),
                computing.options(),
                new Benchmark.Plan(promptTokens, decode, runs),
                new Cancellation());
        if (json) {
            terminal.json(report);
        } else {
            show(report);
        }
        return ExitCode.DONE;
    }

    private Integer measureForks() {
        if (forks < 1) {
            throw new ParameterException(spec.commandLine(), "--forks must be at least 1");
        }
        ForkBenchmark.Report report = ForkBenchmark.run(
                EngineOption.file(model),
                computing.options(),
                new ForkBenchmark.Plan(promptTokens.getFirst(), QUESTION_TOKENS, decode, forks),
                new Cancellation());
        if (json) {
            terminal.json(report);
            return ExitCode.DONE;
        }
        terminal.print("%,d questions of %d tokens about %,d tokens, answered with %d tokens each, %s:"
                .formatted(forks, QUESTION_TOKENS, promptTokens.getFirst(), decode, computing.described()));
        show("one reading, forks together", report.together());
        show("one reading, forks one by one", report.oneByOne());
        show("a reading for each", report.separately());
        terminal.print(report.sameAnswers() ? "All ways wrote the same." : "The ways did not write the same.");
        return ExitCode.DONE;
    }

    private void show(String name, ForkBenchmark.Way way) {
        terminal.print("%-30s %8.1f s, peak memory %,d MB".formatted(name, way.seconds(), way.peakMegabytes()));
    }

    private void show(Benchmark.Report report) {
        terminal.print(
                "%s on %s; medians of %d".formatted(report.model(), computing.described(), report.repetitions()));
        for (Benchmark.Run run : report.runs()) {
            terminal.print(
                    "%,9d prompt tokens: read %.1f tokens/s, first token after %.2f s, then wrote %d at %.1f tokens/s; peak memory %,d MB"
                            .formatted(
                                    run.promptTokens(),
                                    run.prefillTokensPerSecond(),
                                    run.firstTokenMillis() / 1000,
                                    report.decodeTokens(),
                                    run.decodeTokensPerSecond(),
                                    run.peakMegabytes()));
        }
        terminal.print(report.bound());
    }
}
