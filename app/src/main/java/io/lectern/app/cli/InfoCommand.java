package io.lectern.app.cli;

import io.lectern.engine.CacheType;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.ModelDescription;
import io.lectern.engine.ModelDescription.Memory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern engine info}. */
@Command(
        name = "info",
        description = "What a model holds, the memory that its context takes, and whether it fits this machine.",
        mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
    private static final List<Integer> CONTEXTS = List.of(131_072, 1_000_000);

    private final Terminal terminal;

    @Parameters(
            paramLabel = "MODEL",
            description = "embedded, a model file (FILE.gguf), or a model folder with config.json")
    private String model;

    @Option(
            names = "--cache",
            paramLabel = "TYPE",
            defaultValue = "f16",
            description = "How keys and values are kept: f32, f16 (the default), bf16, int8.")
    private CacheType cache;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ModelDescription described = Engines.describe(
                EngineOption.file(model), EngineOptions.standard().withCache(cache));
        if (json) {
            terminal.json(described);
            return ExitCode.DONE;
        }
        print("model", described.name() + (described.quantization().isEmpty() ? "" : ", " + described.quantization()));
        print("architecture", "%s, %d layers".formatted(described.architecture(), described.layers()));
        described.layersByKind().forEach((kind, layers) -> print("", layers + " × " + kind));
        print("parameters", "%,d".formatted(described.parameters()));
        if (described.activeParameters() < described.parameters()) {
            print("  for each token", "%,d (embeddings and head aside)".formatted(described.activeParameters()));
        }
        print("weights", size(described.weightBytes()));
        printSizes(described.bytesByPart());
        printSizes(described.bytesByTensorType());
        print("vocabulary", "%,d tokens".formatted(described.vocabulary()));
        print("context window", "%,d tokens".formatted(described.contextWindow()));
        print(
                "context memory",
                "%,d bytes a token in %s%s"
                        .formatted(
                                described.contextBytesPerToken(),
                                described.cache().name().toLowerCase(Locale.ROOT),
                                described.contextFixedBytes() == 0
                                        ? ""
                                        : ", and " + size(described.contextFixedBytes()) + " always"));
        for (int tokens : CONTEXTS) {
            String beyond = tokens > described.contextWindow() ? " (beyond its window)" : "";
            print("  %,d tokens".formatted(tokens), size(described.contextBytes(tokens)) + beyond);
        }
        print("  when full", size(described.contextBytes(described.contextWindow())));
        print("this machine", fit(described));
        print(
                "GPU",
                described.cudaDevices() == 0
                        ? "no CUDA device"
                        : described.cudaDevices() + " CUDA devices; this Lectern computes on the processor");
        return ExitCode.DONE;
    }

    private static String fit(ModelDescription described) {
        Memory memory = described.memory();
        String numbers = "%s of memory free; weights take %s, and %s are mapped from the file"
                .formatted(size(memory.freeBytes()), size(memory.copiedBytes()), size(memory.mappedBytes()));
        long longest = described.longestContext();
        return longest < 0
                ? "the weights do not fit at once and are read from the file layer by layer (%s)".formatted(numbers)
                : "fits, with a context of up to %,d tokens (%s)".formatted(longest, numbers);
    }

    private void printSizes(Map<String, Long> bytes) {
        bytes.forEach((kind, number) -> print("  " + kind, size(number)));
    }

    private void print(String name, String value) {
        terminal.print("%-22s %s".formatted(name, value));
    }

    private static String size(long bytes) {
        return bytes < 10_000_000 ? "%,d kB".formatted(bytes / 1000) : "%,d MB".formatted(bytes / 1_000_000);
    }
}
