package io.lectern.engine.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model in a GGUF file, of one of the architectures that {@link GgufConfig} reads. What the file says beyond what this engine computes is
 * refused, never ignored: a model that is computed a little wrong still writes fluent text.
 */
public final class GgufCheckpoint implements Checkpoint {
    /** A tensor that holds a matrix of each expert of a layer. */
    private static final Pattern EXPERTS = Pattern.compile("(blk\\.\\d+\\.)(ffn_(?:gate|up|down))_exps\\.weight");

    /** Names of {@code general.file_type}, as in llama.cpp. */
    private static final Map<Long, String> FILE_TYPES = Map.ofEntries(
            Map.entry(0L, "F32"),
            Map.entry(1L, "F16"),
            Map.entry(2L, "Q4_0"),
            Map.entry(3L, "Q4_1"),
            Map.entry(7L, "Q8_0"),
            Map.entry(8L, "Q5_0"),
            Map.entry(9L, "Q5_1"),
            Map.entry(14L, "Q4_K_S"),
            Map.entry(15L, "Q4_K_M"),
            Map.entry(16L, "Q5_K_S"),
            Map.entry(17L, "Q5_K_M"),
            Map.entry(18L, "Q6_K"),
            Map.entry(32L, "BF16"));

    private final GgufFile file;
    private final ModelConfig config;
    private final Map<String, TensorData> tensors;

    private GgufCheckpoint(GgufFile file, ModelConfig config, Map<String, TensorData> tensors) {
        this.file = file;
        this.config = config;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens a file and accounts for every tensor in it.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE, as {@link GgufFile#open}, or if the architecture is
     *     not known, something is not supported, or a tensor is missing, unexpected or of another shape
     */
    public static GgufCheckpoint open(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            ModelConfig config = GgufConfig.read(file);
            Map<String, TensorData> tensors = apart(file);
            checkTensors(file, tensors, config);
            return new GgufCheckpoint(file, config, tensors);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    /** The metadata: tokenizer, template and what else the file says about itself. */
    public GgufMetadata metadata() {
        return file.metadata();
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public String quantization() {
        return file.metadata().optionalInteger("general.file_type").stream()
                .mapToObj(type -> FILE_TYPES.getOrDefault(type, ""))
                .findFirst()
                .orElse("");
    }

    @Override
    public Optional<String> chatTemplate() {
        return metadata().optionalString("tokenizer.chat_template");
    }

    @Override
    public Vocabulary vocabulary() {
        return GgufVocabulary.read(path(), metadata());
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorData tensor(String name) {
        TensorData tensor = tensors.get(name);
        if (tensor == null) {
            throw Unusable.file(file.path(), "lacks the tensor " + name);
        }
        return tensor;
    }

    @Override
    public void close() {
        file.close();
    }

    /** The tensors, with the experts of a layer, which lie together in one tensor, each under its own name. */
    private static Map<String, TensorData> apart(GgufFile file) {
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> {
            Matcher together = EXPERTS.matcher(name);
            if (together.matches() && tensor.shape().length == 3) {
                for (int expert = 0; expert < tensor.shape()[0]; expert++) {
                    String own = TensorNames.ofExpert(expert, together.group(2) + ".weight");
                    tensors.put(together.group(1) + own, slice(tensor, together.group(1) + own, expert));
                }
            } else {
                tensors.put(name, tensor);
            }
        });
        return tensors;
    }

    private static TensorData slice(TensorData tensor, String name, int number) {
        long[] shape = Arrays.copyOfRange(tensor.shape(), 1, tensor.shape().length);
        long bytes = tensor.type().bytes(shape[0] * shape[1]);
        long at = number * bytes;
        return new TensorData(
                name, shape, tensor.type(), tensor.data().asSlice(at, bytes), tensor.file(), tensor.offset() + at);
    }

    private static void checkTensors(GgufFile file, Map<String, TensorData> tensors, ModelConfig config) {
        Map<String, long[]> expected = ExpectedTensors.of(config);
        expected.forEach((name, shape) -> {
            TensorData tensor = tensors.get(name);
            if (tensor == null) {
                throw Unusable.file(file.path(), "lacks the tensor " + name);
            }
            if (!Arrays.equals(tensor.shape(), shape)) {
                throw Unusable.file(
                        file.path(),
                        "has the tensor " + name + " in the shape " + Arrays.toString(tensor.shape())
                                + "; its metadata " + "ask for " + Arrays.toString(shape));
            }
        });
        tensors.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Unusable.file(
                            file.path(),
                            "has the tensor " + name + ", which a model of the architecture \"" + config.architecture()
                                    + "\" does not have as far as this engine knows");
                });
    }
}
