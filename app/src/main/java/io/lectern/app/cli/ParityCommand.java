package io.lectern.app.cli;

import io.lectern.engine.Cancellation;
import io.lectern.engine.measure.Parity;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lectern engine parity}. */
@Command(
        name = "parity",
        description = "Compares what a model computes here with what a reference wrote down.",
        mixinStandardHelpOptions = true)
final class ParityCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            required = true,
            description = "A model folder or file; a tokenizer is not needed.")
    private String model;

    @Option(
            names = "--golden",
            paramLabel = "FILE",
            required = true,
            description = "What the reference computed: FILE.safetensors with, for each prompt NAME, NAME.input_ids and"
                    + " NAME.last_logits, .logits_every, .hidden_last.LAYER, .kv_state.LAYER, .decode_tokens and"
                    + " .decode_logits, as far as there are any.")
    private Path golden;

    @Option(
            names = "--chunk-tokens",
            paramLabel = "N",
            split = ",",
            defaultValue = "0",
            description = "Tokens read at once, such as 1,7,256,0, where 0 (the default) is the whole prompt.")
    private List<Integer> chunkTokens;

    @Mixin
    private ComputingOptions computing;

    @Option(names = "--json", description = "One JSON object: a key for each comparison, and largestError.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    ParityCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (chunkTokens.stream().anyMatch(n -> n < 0)) {
            throw new ParameterException(spec.commandLine(), "a chunk cannot have fewer than no tokens");
        }
        terminal.progress("comparing");
        Parity.Report report =
                Parity.run(EngineOption.file(model), golden, computing.options(), chunkTokens, new Cancellation());
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>(report.largestErrors());
            all.put("largestError", report.largestError());
            terminal.json(all);
        } else {
            report.largestErrors().forEach((name, error) -> terminal.print("%-28s %.2e".formatted(name, error)));
            terminal.print("%-28s %.2e".formatted("largest of all", report.largestError()));
        }
        return ExitCode.DONE;
    }
}
