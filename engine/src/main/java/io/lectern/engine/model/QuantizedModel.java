package io.lectern.engine.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

/**
 * Writes a model folder anew with its matrices as codes of few bits, in the conventions of compressed-tensors. Routers, norms,
 * embeddings and head stay as they are, and so does every file that is not about weights.
 */
public final class QuantizedModel {
    private static final long LARGEST_OTHER = 64L << 20;
    private static final Set<String> WRITTEN_ANEW = Set.of("config.json", "model.safetensors.index.json");

    private QuantizedModel() {}

    /**
     * Writes the folder.
     *
     * @param source a model folder with floating-point weights
     * @param destination where nothing may stand yet
     * @param codes what becomes of the matrices
     * @param progress hears how much is written, from 0 to 1
     * @throws EngineException with MODEL_UNUSABLE if {@code source} cannot be used, holds codes already, or something stands
     *     at {@code destination}; with DOES_NOT_FIT if the disk has too little space
     */
    public static void write(Path source, Path destination, CodeFormat codes, DoubleConsumer progress) {
        if (!Files.isDirectory(source)) {
            throw Unusable.file(source, "is not a model folder; only folders of safetensors files can be quantised");
        }
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(source)) {
            for (String name : checkpoint.names()) {
                if (checkpoint.tensor(name).type().isQuantized()) {
                    throw Unusable.file(source, "is quantised already (" + checkpoint.quantization() + ")");
                }
            }
            ObjectNode config = (ObjectNode) ModelJson.read(source.resolve("config.json"));
            new ModelFolderWriter(checkpoint.config(), new Stored(checkpoint), Optional.of(codes))
                    .write(destination, config, others(source), progress);
        }
    }

    private record Stored(Checkpoint checkpoint) implements ModelFolderWriter.Source {
        @Override
        public TensorType type(String canonical) {
            return checkpoint.tensor(canonical).type();
        }

        @Override
        public float[] rows(String canonical, long firstRow, int rows) {
            return checkpoint.tensor(canonical).readRows(firstRow, rows);
        }
    }

    private static Map<String, byte[]> others(Path folder) {
        Map<String, byte[]> others = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : all) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".safetensors")
                        && !WRITTEN_ANEW.contains(name)
                        && Files.size(file) <= LARGEST_OTHER) {
                    others.put(name, Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw Unusable.file(folder, "cannot be read", e);
        }
        return others;
    }
}
