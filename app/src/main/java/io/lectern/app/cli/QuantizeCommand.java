package io.lectern.app.cli;

import io.lectern.engine.ModelFolders;
import io.lectern.engine.WeightPrecision;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern engine quantize}. */
@Command(
        name = "quantize",
        description =
                "Writes a model folder anew with its matrices in 8 or 4 bits, as compressed-tensors does; routers,"
                        + " norms, embeddings and head stay as they are.",
        mixinStandardHelpOptions = true)
final class QuantizeCommand implements Callable<Integer> {
    /** Bits of a weight. */
    private enum Form {
        INT8,
        INT4
    }

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "SRC", description = "A model folder with floating-point weights.")
    private Path source;

    @Parameters(index = "1", paramLabel = "DST", description = "The folder to write; it must not be there yet.")
    private Path destination;

    @Option(names = "--weights", paramLabel = "FORM", required = true, description = "int8 or int4.")
    private Form form;

    @Mixin
    private GroupOption group;

    QuantizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ModelFolders.quantize(
                source,
                destination,
                WeightPrecision.valueOf(form.name()),
                group.elements(),
                part -> terminal.progress("writing %s: %.0f%%".formatted(destination.getFileName(), 100 * part)));
        terminal.print(destination.toString());
        return ExitCode.DONE;
    }
}
