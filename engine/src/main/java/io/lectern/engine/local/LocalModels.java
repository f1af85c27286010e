package io.lectern.engine.local;

import io.lectern.engine.EngineOptions;
import io.lectern.engine.ModelDescription;
import io.lectern.engine.ModelDescription.Memory;
import io.lectern.engine.Tokenizer;
import io.lectern.engine.decoder.ComputeDevices;
import io.lectern.engine.decoder.FreeMemory;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.decoder.MemoryPlan;
import io.lectern.engine.decoder.WeightMemory;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.ModelTokenizer;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorPart;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks into models without loading them. */
public final class LocalModels {
    private LocalModels() {}

    /** What a model holds, and what it would take to run it with these options. */
    public static ModelDescription describe(Path path, EngineOptions options) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            ModelConfig config = checkpoint.config();
            WeightMemory weights = WeightMemory.of(checkpoint, options.weights());
            return new ModelDescription(
                    config.name(),
                    config.architecture(),
                    checkpoint.quantization(),
                    config.layers().size(),
                    layersByKind(config),
                    checkpoint.parameters(),
                    activeParameters(checkpoint),
                    config.vocabulary(),
                    config.contextLength(),
                    options.cache(),
                    HybridDecoder.bytesPerToken(config, options.cache()),
                    MemoryPlan.stateBytes(config, options.cache(), 0),
                    bytesBy(checkpoint, tensor -> tensor.type().name()),
                    bytesBy(checkpoint, tensor -> TensorPart.of(tensor.name()).words()),
                    new Memory(FreeMemory.bytes(), weights.allCopied(), weights.mapped()),
                    ComputeDevices.cudaDevices());
        }
    }

    private static Map<String, Integer> layersByKind(ModelConfig config) {
        Map<String, Integer> kinds = new LinkedHashMap<>();
        for (LayerSpec layer : config.layers()) {
            String mixer = switch (layer.mixer()) {
                case Lightning _ -> "Lightning attention";
                case Softmax _ -> "softmax attention";
            };
            String feedForward = switch (layer.feedForward()) {
                case Dense _ -> "dense";
                case MixtureOfExperts mixture ->
                    mixture.perToken() + " of " + mixture.experts() + " experts"
                            + (mixture.shared().isPresent() ? " and a shared one" : "");
            };
            kinds.merge(mixer + ", " + feedForward, 1, Integer::sum);
        }
        return kinds;
    }

    private static long activeParameters(Checkpoint checkpoint) {
        double active = 0;
        ModelConfig config = checkpoint.config();
        for (String name : checkpoint.names()) {
            TensorPart part = TensorPart.of(name);
            long elements = checkpoint.tensor(name).elements();
            if (part == TensorPart.EXPERTS) {
                MixtureOfExperts mixture = (MixtureOfExperts)
                        config.layers().get(TensorPart.layerOf(name)).feedForward();
                active += elements * (double) mixture.perToken() / mixture.experts();
            } else if (part != TensorPart.EMBEDDINGS_AND_HEAD) {
                active += elements;
            }
        }
        return Math.round(active);
    }

    private static Map<String, Long> bytesBy(Checkpoint checkpoint, Function<TensorData, String> kind) {
        Map<String, Long> bytes = checkpoint.names().stream()
                .map(checkpoint::tensor)
                .collect(Collectors.groupingBy(kind, Collectors.summingLong(TensorData::storedBytes)));
        Map<String, Long> mostFirst = new LinkedHashMap<>();
        bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(entry -> mostFirst.put(entry.getKey(), entry.getValue()));
        return mostFirst;
    }

    /** The tokenizer of a model. */
    public static Tokenizer tokenizer(Path path) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return ModelTokenizer.of(checkpoint);
        }
    }
}
