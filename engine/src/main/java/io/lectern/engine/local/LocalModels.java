package io.lectern.engine.local;

import io.lectern.engine.CacheType;
import io.lectern.engine.ModelDescription;
import io.lectern.engine.Tokenizer;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.ModelTokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks into models without loading them. */
public final class LocalModels {
    private LocalModels() {}

    /** What a model holds. */
    public static ModelDescription describe(Path path) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            ModelConfig config = checkpoint.config();
            Map<String, Long> bytesByType = checkpoint.names().stream()
                    .map(checkpoint::tensor)
                    .collect(Collectors.groupingBy(
                            tensor -> tensor.type().name(), Collectors.summingLong(tensor -> tensor.storedBytes())));
            Map<String, Long> mostFirst = new LinkedHashMap<>();
            bytesByType.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .forEach(entry -> mostFirst.put(entry.getKey(), entry.getValue()));
            return new ModelDescription(
                    config.name(),
                    config.architecture(),
                    checkpoint.quantization(),
                    config.layers().size(),
                    checkpoint.parameters(),
                    config.vocabulary(),
                    config.contextLength(),
                    HybridDecoder.bytesPerToken(config, CacheType.F16),
                    mostFirst);
        }
    }

    /** The tokenizer of a model. */
    public static Tokenizer tokenizer(Path path) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return ModelTokenizer.of(checkpoint);
        }
    }
}
