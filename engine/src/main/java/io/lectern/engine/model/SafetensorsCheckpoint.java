package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.model.SafetensorsFile.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A model in a folder: {@code config.json}, and its weights in {@code model.safetensors} or in several such files that
 * {@code model.safetensors.index.json} names. The architecture is that of MiniMax-Text-01 and MiniMax-M1, in the original
 * layout or in that of transformers ("-hf").
 */
public final class SafetensorsCheckpoint implements Checkpoint {
    private static final String CONFIG = "config.json";
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    /** Embeddings up to this size are searched for numbers that are none when a folder is opened. */
    private static final long CHEAP_BYTES = 64L << 20;

    private final Path folder;
    private final JsonNode root;
    private final ModelConfig config;
    private final List<SafetensorsFile> files;
    private final Map<String, TensorData> tensors;

    private SafetensorsCheckpoint(
            Path folder,
            JsonNode root,
            ModelConfig config,
            List<SafetensorsFile> files,
            Map<String, TensorData> tensors) {
        this.folder = folder;
        this.root = root;
        this.config = config;
        this.files = List.copyOf(files);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens a folder and accounts for every tensor in it.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if a file is missing, damaged or incomplete, the
     *     configuration is not one that this engine computes, or a tensor is missing, unexpected, of another shape or
     *     broken
     */
    public static SafetensorsCheckpoint open(Path folder) {
        Path configFile = folder.resolve(CONFIG);
        JsonNode root = ModelJson.read(configFile);
        boolean hasCodes = QuantizationConfig.check(root, configFile);
        ModelConfig config = MiniMaxConfig.read(
                folder.toAbsolutePath().normalize().getFileName().toString(), root, configFile);
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            Map<String, Stored> stored = StackedExperts.apart(openFiles(folder, files));
            Map<String, TensorData> tensors = collect(folder, config, hasCodes, stored);
            refuseBroken(config, tensors);
            return new SafetensorsCheckpoint(folder, root, config, files, tensors);
        } catch (RuntimeException e) {
            files.forEach(SafetensorsFile::close);
            throw e;
        }
    }

    /** The tensors of all files by their names there; the files are added to {@code files}. */
    private static Map<String, Stored> openFiles(Path folder, List<SafetensorsFile> files) {
        Path index = folder.resolve(INDEX);
        if (!Files.exists(index)) {
            if (!Files.exists(folder.resolve(SINGLE))) {
                throw Unusable.file(folder, "holds neither " + SINGLE + " nor " + INDEX);
            }
            SafetensorsFile single = SafetensorsFile.open(folder.resolve(SINGLE));
            files.add(single);
            return single.tensors();
        }
        Map<String, String> fileOf = readIndex(index);
        List<String> names = fileOf.values().stream().distinct().sorted().toList();
        for (String name : names) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw Unusable.file(index, "names the file " + name + ", which is not there; fetch the model again");
            }
        }
        Map<String, Stored> all = new LinkedHashMap<>();
        for (String name : names) {
            SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
            files.add(file);
            file.tensors().forEach((tensor, stored) -> {
                if (name.equals(fileOf.get(tensor))) {
                    all.put(tensor, stored);
                } else if (!MiniMaxNames.isDerived(tensor)) {
                    throw Unusable.file(
                            index,
                            fileOf.containsKey(tensor)
                                    ? "says that the tensor " + tensor + " lies in " + fileOf.get(tensor)
                                            + ", but it lies in " + name
                                    : "does not name the tensor " + tensor + ", which lies in " + name);
                }
            });
        }
        fileOf.forEach((tensor, name) -> {
            if (!all.containsKey(tensor)) {
                throw Unusable.file(index, "says that the tensor " + tensor + " lies in " + name + ", but it does not");
            }
        });
        return all;
    }

    /** For each tensor the name of its file, which is one of this folder. */
    private static Map<String, String> readIndex(Path index) {
        JsonNode weightMap = ModelJson.read(index).path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw Unusable.file(index, "is damaged: it has no weight_map");
        }
        Map<String, String> fileOf = new TreeMap<>();
        weightMap.properties().forEach(entry -> {
            String name = entry.getValue().asText();
            if (!name.matches("[\\w.-]+\\.safetensors")) {
                throw Unusable.file(
                        index, "is damaged: it says that the tensor " + entry.getKey() + " lies in \"" + name + "\"");
            }
            fileOf.put(entry.getKey(), name);
        });
        return fileOf;
    }

    /** The expected tensors by their canonical names, in the order of the layers. */
    private static Map<String, TensorData> collect(
            Path folder, ModelConfig config, boolean hasCodes, Map<String, Stored> stored) {
        Map<String, Stored> left = new LinkedHashMap<>(stored);
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        ExpectedTensors.of(config).forEach((canonical, shape) -> {
            String name = MiniMaxNames.inFolder(canonical, config);
            TensorData tensor = hasCodes && shape.length == 2
                    ? StoredCodes.take(canonical, name, shape, left)
                            .orElseGet(() -> take(canonical, name, folder, left))
                    : take(canonical, name, folder, left);
            if (!Arrays.equals(tensor.shape(), shape)) {
                throw Unusable.file(
                        tensor.file(),
                        "has the tensor " + name + " in the shape " + Arrays.toString(tensor.shape()) + "; " + CONFIG
                                + " asks for " + Arrays.toString(shape));
            }
            tensors.put(canonical, tensor);
        });
        for (Stored other : left.values()) {
            if (!MiniMaxNames.isDerived(other.name())) {
                throw Unusable.file(
                        other.file(),
                        "has the tensor " + other.name()
                                + ", which a model of this configuration does not have as far as"
                                + " this engine knows");
            }
        }
        return tensors;
    }

    private static TensorData take(String canonical, String name, Path folder, Map<String, Stored> left) {
        Stored found = left.remove(name);
        if (found == null) {
            throw Unusable.file(folder, "lacks the tensor " + name);
        }
        return found.asWeights(canonical);
    }

    /** Looks for numbers that are none where they would spoil everything and are quickly found. */
    private static void refuseBroken(ModelConfig config, Map<String, TensorData> tensors) {
        tensors.forEach((canonical, tensor) -> {
            boolean small = tensor.shape().length == 1
                    || canonical.endsWith(TensorNames.ROUTER)
                    || canonical.endsWith(TensorNames.SHARED_COEFFICIENT)
                    || canonical.equals(TensorNames.TOKEN_EMBEDDING)
                            && tensor.data().byteSize() <= CHEAP_BYTES;
            if (small) {
                for (float number : tensor.readAll()) {
                    if (!Float.isFinite(number)) {
                        throw Unusable.file(
                                tensor.file(),
                                "is damaged: the tensor " + MiniMaxNames.inFolder(canonical, config) + " holds "
                                        + number + " where a number should be");
                    }
                }
            }
        });
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorData tensor(String name) {
        TensorData tensor = tensors.get(name);
        if (tensor == null) {
            throw Unusable.file(folder, "lacks the tensor " + name);
        }
        return tensor;
    }

    /** The configuration, the weights and their index, the tokenizer and its template, as far as they are there. */
    @Override
    public List<Path> files() {
        Stream<Path> others = Stream.of(
                        CONFIG,
                        INDEX,
                        FolderVocabulary.TOKENIZER,
                        FolderVocabulary.TOKENIZER_CONFIG,
                        FolderVocabulary.GENERATION_CONFIG,
                        FolderVocabulary.CHAT_TEMPLATE)
                .map(folder::resolve)
                .filter(Files::exists);
        return Stream.concat(others, files.stream().map(SafetensorsFile::path))
                .sorted()
                .toList();
    }

    /** The type in which most of the weights are, such as "BF16" or "INT4 in groups of 128". */
    @Override
    public String quantization() {
        Map<String, Long> elements = new HashMap<>();
        tensors.values().forEach(tensor -> elements.merge(StoredCodes.describe(tensor), tensor.elements(), Long::sum));
        return Collections.max(elements.entrySet(), Map.Entry.comparingByValue())
                .getKey();
    }

    @Override
    public Optional<String> chatTemplate() {
        return FolderVocabulary.chatTemplate(folder);
    }

    @Override
    public Vocabulary vocabulary() {
        Path tokenizer = folder.resolve(FolderVocabulary.TOKENIZER);
        if (!Files.exists(tokenizer)) {
            throw Unusable.file(folder, Unusable.NO_TOKENIZER);
        }
        return FolderVocabulary.read(tokenizer, root);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
