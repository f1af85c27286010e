package io.lectern.app.cli;

import io.lectern.engine.CacheType;
import io.lectern.engine.ComputeDevice;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.WeightPrecision;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a command that needs no engine but the bare model computes. */
final class ComputingOptions {
    /** In what form weights are multiplied, and keys and values kept. */
    enum Form {
        STORED(WeightPrecision.AS_STORED, CacheType.F16),
        F32(WeightPrecision.F32, CacheType.F32),
        BF16(WeightPrecision.BF16, CacheType.BF16),
        INT8(WeightPrecision.INT8, CacheType.BF16),
        INT4(WeightPrecision.INT4, CacheType.BF16);

        private final WeightPrecision weights;
        private final CacheType cache;

        Form(WeightPrecision weights, CacheType cache) {
            this.weights = weights;
            this.cache = cache;
        }
    }

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: all processors).")
    private Integer threads;

    @Option(
            names = "--dtype",
            paramLabel = "FORM",
            defaultValue = "stored",
            description =
                    "How weights are multiplied: stored (as the file has them, the default), f32, bf16, int8, int4."
                            + " Keys and values are then kept as f16, f32 or bf16.")
    private Form dtype;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "What computes: auto (the default), cpu, cuda:N.")
    private String device;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** These as the engine takes them. */
    EngineOptions options() {
        EngineOptions options =
                EngineOptions.standard().withWeights(dtype.weights).withCache(dtype.cache);
        try {
            options = options.withDevice(ComputeDevice.of(device));
            return threads == null ? options : options.withThreads(threads);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** These for people. */
    String described() {
        EngineOptions options = options();
        return "%s, %d %s, weights %s"
                .formatted(
                        options.device(),
                        options.threads(),
                        options.threads() == 1 ? "thread" : "threads",
                        dtype.name().toLowerCase(Locale.ROOT));
    }
}
