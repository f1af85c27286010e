package io.lectern.app.cli;

import io.lectern.engine.CacheType;
import io.lectern.engine.ComputeDevice;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.WeightPrecision;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How a model computes on this machine. */
final class ComputingOptions {
    /** In what form weights are multiplied, and keys and values kept if nothing else is said. */
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
                    "How weights are multiplied: stored (as the file has them, the default), f32, bf16, int8, int4.")
    private Form dtype;

    @Option(
            names = "--cache",
            paramLabel = "TYPE",
            description =
                    "How keys and values are kept: f32, f16, bf16, int8 (default: f16; as the weights with --dtype).")
    private CacheType cache;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Most memory for weights and contexts, such as 6GB (default: what is free); the program itself takes"
                            + " some hundred MB more. Weights that do not fit are read from"
                            + " their file layer by layer; what cannot be read within it is refused.")
    private Long memory;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            converter = DeviceConverter.class,
            description = "What computes: auto (the default), cpu, or cuda:N. One that is not there is refused.")
    private ComputeDevice device;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Reads the name of a device, with the engine's own words where there is none. */
    static final class DeviceConverter implements ITypeConverter<ComputeDevice> {
        @Override
        public ComputeDevice convert(String name) {
            try {
                return ComputeDevice.of(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads a number of bytes: 800MB, 6GB, 1.5GB; in powers of ten. */
    static final class SizeConverter implements ITypeConverter<Long> {
        private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([MGT])B?");

        @Override
        public Long convert(String text) {
            Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
            if (!size.matches()) {
                throw new TypeConversionException(
                        "a size is a number with MB, GB or TB, such as 6GB, not \"" + text + "\"");
            }
            double unit = switch (size.group(2)) {
                case "M" -> 1e6;
                case "G" -> 1e9;
                default -> 1e12;
            };
            long bytes = Math.round(Double.parseDouble(size.group(1)) * unit);
            if (bytes == 0) {
                throw new TypeConversionException("nothing can be read within " + text.strip());
            }
            return bytes;
        }
    }

    /** These as the engine takes them. */
    EngineOptions options() {
        EngineOptions options = EngineOptions.standard()
                .withWeights(dtype.weights)
                .withCache(cache == null ? dtype.cache : cache)
                .withDevice(device)
                .withMemoryBytes(memory == null ? 0 : memory);
        try {
            return threads == null ? options : options.withThreads(threads);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** These for people. */
    String described() {
        EngineOptions options = options();
        return "%s, %d %s, weights %s, keys and values %s"
                .formatted(
                        options.device(),
                        options.threads(),
                        options.threads() == 1 ? "thread" : "threads",
                        name(dtype),
                        name(options.cache()));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
