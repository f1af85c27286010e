package io.lectern.engine.model;

import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Rotary.Pairing;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model in a GGUF file, of the architectures "llama" and "qwen2". What the file says beyond what this engine computes is
 * refused, never ignored: a model that is computed a little wrong still writes fluent text.
 */
public final class GgufCheckpoint implements Checkpoint {
    private static final List<String> ARCHITECTURES = List.of("llama", "qwen2");

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

    private GgufCheckpoint(GgufFile file, ModelConfig config) {
        this.file = file;
        this.config = config;
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
            ModelConfig config = readConfig(file);
            checkTensors(file, config);
            return new GgufCheckpoint(file, config);
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
        return file.tensors().keySet();
    }

    @Override
    public TensorData tensor(String name) {
        TensorData tensor = file.tensors().get(name);
        if (tensor == null) {
            throw Unusable.file(file.path(), "lacks the tensor " + name);
        }
        return tensor;
    }

    @Override
    public void close() {
        file.close();
    }

    private static ModelConfig readConfig(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String architecture = metadata.string("general.architecture");
        if (!ARCHITECTURES.contains(architecture)) {
            throw Unusable.file(
                    file.path(),
                    "is a model of the architecture \"" + architecture
                            + "\", which this engine does not know; it knows " + String.join(", ", ARCHITECTURES));
        }
        String prefix = architecture + ".";
        refuseUnsupported(file, prefix);

        int hidden = metadata.size(prefix + "embedding_length");
        int layerCount = metadata.size(prefix + "block_count");
        if (layerCount > file.tensors().size()) {
            throw Unusable.file(file.path(), "lacks tensors: it claims " + layerCount + " layers");
        }
        Softmax unbiased = readAttention(file, prefix, hidden);
        Dense feedForward = new Dense(metadata.size(prefix + "feed_forward_length"));
        List<LayerSpec> layers = new ArrayList<>();
        for (int layer = 0; layer < layerCount; layer++) {
            boolean biased = file.tensors().containsKey(TensorNames.ofLayer(layer, TensorNames.QUERY_BIAS));
            layers.add(new LayerSpec(
                    new Softmax(
                            unbiased.heads(),
                            unbiased.keyValueHeads(),
                            unbiased.headDimension(),
                            unbiased.rotary(),
                            biased),
                    feedForward));
        }
        TensorData embedding = file.tensors().get(TensorNames.TOKEN_EMBEDDING);
        if (embedding == null) {
            throw Unusable.file(file.path(), "lacks the tensor " + TensorNames.TOKEN_EMBEDDING);
        }
        if (embedding.rows() > Integer.MAX_VALUE) {
            throw Unusable.file(file.path(), "is damaged: it claims " + embedding.rows() + " tokens");
        }
        double epsilon = metadata.number(prefix + "attention.layer_norm_rms_epsilon");
        if (!(epsilon >= 0 && epsilon < 1)) {
            throw Unusable.file(file.path(), "is damaged: its norm epsilon is " + epsilon);
        }
        return new ModelConfig(
                metadata.optionalString("general.name")
                        .orElse(file.path().getFileName().toString()),
                architecture,
                (int) embedding.rows(),
                metadata.size(prefix + "context_length"),
                hidden,
                epsilon,
                !file.tensors().containsKey(TensorNames.OUTPUT),
                layers);
    }

    private static Softmax readAttention(GgufFile file, String prefix, int hidden) {
        GgufMetadata metadata = file.metadata();
        int heads = metadata.size(prefix + "attention.head_count");
        int keyValueHeads = metadata.size(prefix + "attention.head_count_kv", heads);
        int headDimension = metadata.size(prefix + "attention.key_length", hidden / heads);
        int rotated = metadata.size(prefix + "rope.dimension_count", headDimension);
        double theta = metadata.optionalNumber(prefix + "rope.freq_base").orElse(10_000);
        if (heads % keyValueHeads != 0) {
            throw Unusable.file(
                    file.path(), "is damaged: " + heads + " heads cannot share " + keyValueHeads + " key-value heads");
        }
        if (metadata.size(prefix + "attention.value_length", headDimension) != headDimension) {
            throw Unusable.file(file.path(), "has keys and values of different sizes, which is not supported");
        }
        if (rotated > headDimension || rotated % 2 != 0 || !(theta > 1 && theta < Double.POSITIVE_INFINITY)) {
            throw Unusable.file(
                    file.path(), "is damaged: rotary dimensions " + rotated + ", base " + theta + " are impossible");
        }
        // llama.cpp permutes the query and key rows of llama checkpoints so that pairs lie side by side.
        Pairing pairing = prefix.equals("llama.") ? Pairing.INTERLEAVED : Pairing.HALVES;
        return new Softmax(heads, keyValueHeads, headDimension, new Rotary(rotated, pairing, theta), false);
    }

    /** What would change the computation and is not computed here. */
    private static void refuseUnsupported(GgufFile file, String prefix) {
        GgufMetadata metadata = file.metadata();
        String scaling = metadata.optionalString(prefix + "rope.scaling.type").orElse("none");
        boolean scaled = !scaling.equals("none")
                || metadata.optionalNumber(prefix + "rope.scaling.factor").orElse(1) != 1
                || metadata.optionalNumber(prefix + "rope.scale_linear").orElse(1) != 1
                || file.tensors().containsKey("rope_freqs.weight");
        if (scaled) {
            throw Unusable.file(
                    file.path(),
                    "scales its rotary positions (" + scaling + "), which this engine does not support yet");
        }
        if (metadata.optionalInteger(prefix + "expert_count").orElse(0) > 0) {
            throw Unusable.file(
                    file.path(),
                    "is a mixture of experts, which this engine does not support for this architecture yet");
        }
        long window =
                metadata.optionalInteger(prefix + "attention.sliding_window").orElse(0);
        if (window > 0 && window < metadata.size(prefix + "context_length")) {
            throw Unusable.file(file.path(), "attends through a sliding window, which is not supported");
        }
    }

    private static void checkTensors(GgufFile file, ModelConfig config) {
        Map<String, long[]> expected = ExpectedTensors.of(config);
        expected.forEach((name, shape) -> {
            TensorData tensor = file.tensors().get(name);
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
        file.tensors().keySet().stream()
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
