package io.lectern.app.cli;

import io.lectern.engine.ModelFolders;
import io.lectern.engine.ModelFolders.RandomOptions;
import io.lectern.engine.WeightPrecision;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern engine random}. */
@Command(
        name = "random",
        description = "Writes a model folder with random weights, to test and to measure with.",
        mixinStandardHelpOptions = true)
final class RandomCommand implements Callable<Integer> {
    /** How weights are stored. */
    private enum Form {
        F32,
        BF16,
        INT8,
        INT4
    }

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "CONFIG", description = "A config.json of MiniMax-Text-01 or MiniMax-M1.")
    private Path configuration;

    @Parameters(index = "1", paramLabel = "DST", description = "The folder to write; it must not be there yet.")
    private Path destination;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same seed gives the same weights (default: 0).")
    private long seed;

    @Option(
            names = "--dtype",
            paramLabel = "FORM",
            defaultValue = "bf16",
            description = "How weights are stored: f32, bf16 (the default), int8, int4.")
    private Form form;

    @Mixin
    private GroupOption group;

    @Option(
            names = "--tokenizer",
            paramLabel = "FROM",
            description =
                    "A tokenizer.json or a .gguf file whose tokenizer is written (default: every byte is a token).")
    private Path tokenizer;

    RandomCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RandomOptions options = new RandomOptions(
                seed, WeightPrecision.valueOf(form.name()), group.elements(), Optional.ofNullable(tokenizer));
        ModelFolders.random(
                configuration,
                destination,
                options,
                part -> terminal.progress("writing %s: %.0f%%".formatted(destination.getFileName(), 100 * part)));
        terminal.print(destination.toString());
        return ExitCode.DONE;
    }
}
