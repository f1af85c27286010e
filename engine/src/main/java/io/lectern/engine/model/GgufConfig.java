package io.lectern.engine.model;

import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Rotary.Pairing;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads what a model is made of from the metadata of a GGUF file: of the architectures "llama" and "qwen2", and of
 * "minimax-01", which is MiniMax-Text-01 and MiniMax-M1 (source of its keys: minimax-01.cpp of llama.cpp).
 */
final class GgufConfig {
    private static final String MINIMAX = "minimax-01";
    private static final List<String> ARCHITECTURES = List.of("llama", "qwen2", MINIMAX);

    /** Softmax attention stands in every so many layers where the file does not say. */
    private static final int USUAL_INTERVAL = 8;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String architecture;
    private final String prefix;

    private GgufConfig(GgufFile file, String architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
        this.prefix = architecture + ".";
    }

    /**
     * Reads a file's metadata.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if the architecture is not known, or something is
     *     missing, impossible or not computed here
     */
    static ModelConfig read(GgufFile file) {
        String architecture = file.metadata().string("general.architecture");
        if (!ARCHITECTURES.contains(architecture)) {
            throw Unusable.file(
                    file.path(),
                    "is a model of the architecture \"" + architecture
                            + "\", which this engine does not know; it knows " + String.join(", ", ARCHITECTURES));
        }
        return new GgufConfig(file, architecture).read();
    }

    private ModelConfig read() {
        refuseUnsupported();

        int hidden = metadata.size(prefix + "embedding_length");
        int layerCount = metadata.size(prefix + "block_count");
        if (layerCount > file.tensors().size()) {
            throw Unusable.file(file.path(), "lacks tensors: it claims " + layerCount + " layers");
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
                architecture.equals(MINIMAX) ? readHybridLayers(layerCount, hidden) : readLayers(layerCount, hidden));
    }

    private List<LayerSpec> readLayers(int layerCount, int hidden) {
        Softmax unbiased = readAttention(hidden);
        Dense feedForward = new Dense(metadata.size(prefix + "feed_forward_length"));
        List<LayerSpec> layers = new ArrayList<>();
        for (int layer = 0; layer < layerCount; layer++) {
            boolean biased = file.tensors().containsKey(TensorNames.ofLayer(layer, TensorNames.QUERY_BIAS));
            Softmax softmax = new Softmax(
                    unbiased.heads(), unbiased.keyValueHeads(), unbiased.headDimension(), unbiased.rotary(), biased);
            layers.add(new LayerSpec(softmax, feedForward));
        }
        return layers;
    }

    /** Layers of Lightning or softmax attention and a mixture of experts, joined to the normed stream with one scale. */
    private List<LayerSpec> readHybridLayers(int layerCount, int hidden) {
        double scale = metadata.number(prefix + "residual_scale");
        if (!Double.isFinite(scale)) {
            throw Unusable.file(file.path(), "is damaged: its residual scale is " + scale);
        }
        Residual residual = new Residual(scale, 1, true);
        Softmax softmax = readAttention(hidden);
        if (softmax.heads() > MiniMaxConfig.MOST_HEADS || layerCount > MiniMaxConfig.MOST_LAYERS) {
            throw Unusable.file(
                    file.path(), "is damaged: it claims " + softmax.heads() + " heads in " + layerCount + " layers");
        }
        MixtureOfExperts experts = readExperts(layerCount);
        List<Boolean> lightning = readKinds(layerCount);
        return IntStream.range(0, layerCount)
                .mapToObj(layer -> new LayerSpec(
                        lightning.get(layer)
                                ? new Lightning(
                                        softmax.heads(),
                                        softmax.headDimension(),
                                        LightningSlopes.ofMiniMax(softmax.heads(), layer, layerCount),
                                        MiniMaxConfig.LIGHTNING_NORM_EPSILON)
                                : softmax,
                        residual,
                        experts,
                        residual))
                .toList();
    }

    private MixtureOfExperts readExperts(int layerCount) {
        int experts = metadata.size(prefix + "expert_count");
        int perToken = metadata.size(prefix + "expert_used_count");
        if (perToken > experts || (long) experts * layerCount > MiniMaxConfig.MOST_EXPERTS_IN_ALL) {
            throw Unusable.file(
                    file.path(),
                    "is damaged: " + perToken + " of " + experts + " experts in " + layerCount + " layers");
        }
        double weight = metadata.optionalNumber(prefix + "expert_weights_scale").orElse(1);
        if (weight != 1 && weight != 0) {
            throw Unusable.file(file.path(), "scales its experts by " + weight + ", which is not supported");
        }
        return new MixtureOfExperts(experts, perToken, metadata.size(prefix + "feed_forward_length"), Optional.empty());
    }

    /** For each layer, whether its mixer is Lightning attention: by a list, or all but every n-th. */
    private List<Boolean> readKinds(int layerCount) {
        String list = prefix + "attention.recurrent_layers";
        if (metadata.has(list)) {
            List<Boolean> kinds = metadata.flags(list);
            if (kinds.size() != layerCount) {
                throw Unusable.file(
                        file.path(), "is damaged: it has " + layerCount + " layers but kinds for " + kinds.size());
            }
            return kinds;
        }
        int interval = metadata.size(prefix + "full_attention_interval", USUAL_INTERVAL);
        return IntStream.range(0, layerCount)
                .mapToObj(layer -> (layer + 1) % interval != 0)
                .toList();
    }

    private Softmax readAttention(int hidden) {
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
        Pairing pairing = architecture.equals("llama") ? Pairing.INTERLEAVED : Pairing.HALVES;
        return new Softmax(heads, keyValueHeads, headDimension, new Rotary(rotated, pairing, theta), false);
    }

    /** What would change the computation and is not computed here. */
    private void refuseUnsupported() {
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
        if (!architecture.equals(MINIMAX)
                && metadata.optionalInteger(prefix + "expert_count").orElse(0) > 0) {
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
}
