package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.FeedForward;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.Mixer;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Rotary.Pairing;
import io.lectern.engine.model.LayerSpec.SharedExpert;
import io.lectern.engine.model.LayerSpec.SharedExpert.Coefficient;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the {@code config.json} of MiniMax-Text-01 and MiniMax-M1, in the two layouts in which they are published: the
 * original one, and that of Hugging Face's transformers (folders whose names end in "-hf"). Both describe the same model;
 * they name fields differently and differ in two things: only the original layout leaves the post-norm to a field and
 * knows a shared expert, and transformers computes the slopes of Lightning attention a little differently.
 */
final class MiniMaxConfig {
    /** Bounds far beyond any model, so that a hostile file cannot make this program build endless lists. */
    static final int MOST_LAYERS = 4096;

    static final int MOST_HEADS = 4096;
    static final int MOST_EXPERTS = 4096;
    static final int MOST_EXPERTS_IN_ALL = 1 << 18;
    private static final int MOST_WIDTH = 1 << 24;

    /** Of the norm over the heads of Lightning attention: fixed in both implementations. */
    static final double LIGHTNING_NORM_EPSILON = 1e-6;

    /** How a layout names what both have. */
    private enum Layout {
        ORIGINAL(
                "layernorm_linear_attention_alpha",
                "layernorm_linear_attention_beta",
                "layernorm_full_attention_alpha",
                "layernorm_full_attention_beta",
                "layernorm_mlp_alpha",
                "layernorm_mlp_beta"),
        TRANSFORMERS(
                "linear_attn_alpha_factor",
                "linear_attn_beta_factor",
                "full_attn_alpha_factor",
                "full_attn_beta_factor",
                "mlp_alpha_factor",
                "mlp_beta_factor");

        private final String lightningAlpha;
        private final String lightningBeta;
        private final String softmaxAlpha;
        private final String softmaxBeta;
        private final String feedForwardAlpha;
        private final String feedForwardBeta;

        Layout(
                String lightningAlpha,
                String lightningBeta,
                String softmaxAlpha,
                String softmaxBeta,
                String feedForwardAlpha,
                String feedForwardBeta) {
            this.lightningAlpha = lightningAlpha;
            this.lightningBeta = lightningBeta;
            this.softmaxAlpha = softmaxAlpha;
            this.softmaxBeta = softmaxBeta;
            this.feedForwardAlpha = feedForwardAlpha;
            this.feedForwardBeta = feedForwardBeta;
        }
    }

    /**
     * Fields that change nothing in what a trained model computes: training (dropout, auxiliary losses, jitter,
     * initialisation), what an implementation returns or keeps, the width of its blocks (any width gives the same
     * result), tokens that the tokenizer's own files name as well, how the files were made, and sampling defaults.
     */
    private static final List<String> IGNORED = List.of(
            "_name_or_path",
            "architectures",
            "attention_dropout",
            "auto_map",
            "block",
            "block_size",
            "bos_token_id",
            "chunk_size_feed_forward",
            "do_sample",
            "dtype",
            "eos_token_id",
            "initializer_range",
            "max_model_len",
            "output_attentions",
            "output_hidden_states",
            "output_router_logits",
            "pad_token_id",
            "problem_type",
            "return_dict",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "temperature",
            "top_k",
            "top_p",
            "torch_dtype",
            "transformers_version",
            "use_cache");

    private final ConfigFields fields;
    private final Layout layout;
    private final int layerCount;
    private final int hidden;
    private final int heads;
    private final int headDimension;

    private MiniMaxConfig(ConfigFields fields, Layout layout) {
        this.fields = fields;
        this.layout = layout;
        this.layerCount = fields.size("num_hidden_layers", MOST_LAYERS);
        this.hidden = fields.size("hidden_size", MOST_WIDTH);
        this.heads = fields.size("num_attention_heads", MOST_HEADS);
        this.headDimension = fields.optionalSize("head_dim", MOST_WIDTH).orElse(hidden / heads);
    }

    /**
     * Reads a configuration.
     *
     * @param name of the model, for people
     * @param root the object of the file; its {@code quantization_config} says how weights are stored and is not looked at
     * @param file for messages
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE, naming the field and its value, if the model is of
     *     another type, or has a field that this engine does not know or a value that it does not compute
     */
    static ModelConfig read(String name, JsonNode root, Path file) {
        ConfigFields fields = new ConfigFields(file, "", root);
        String type = fields.text("model_type");
        Layout layout = switch (type) {
            case "minimax" -> Layout.TRANSFORMERS;
            case "minimax_m1", "minimax_text_01", "MiniMaxM1", "MiniMaxText01" -> Layout.ORIGINAL;
            default ->
                throw fields.refused(
                        "model_type", "this engine knows folders of the types minimax, minimax_m1 and minimax_text_01");
        };
        return new MiniMaxConfig(fields, layout).read(name, type);
    }

    private ModelConfig read(String name, String type) {
        fields.require("hidden_act", "silu");
        fields.require("attention_bias", false);
        fields.require("use_sliding_window", false);
        fields.requireNone("sliding_window");
        fields.requireNone("rope_scaling");
        double epsilon = fields.number("rms_norm_eps");
        if (epsilon < 0 || epsilon >= 1) {
            throw fields.refused("rms_norm_eps", "which cannot be");
        }
        ModelConfig config = new ModelConfig(
                name,
                type,
                fields.size("vocab_size", 1 << 26),
                fields.size("max_position_embeddings", Integer.MAX_VALUE),
                hidden,
                epsilon,
                fields.flag("tie_word_embeddings", false),
                readLayers());
        fields.ignore(List.of("quantization_config"));
        fields.ignore(IGNORED);
        fields.refuseUnknown();
        return config;
    }

    private List<LayerSpec> readLayers() {
        List<Boolean> lightning = readKinds();
        boolean normed = layout == Layout.TRANSFORMERS || fields.flag("postnorm", false);
        Residual lightningResidual = residual(layout.lightningAlpha, layout.lightningBeta, normed);
        Residual softmaxResidual = residual(layout.softmaxAlpha, layout.softmaxBeta, normed);
        Residual feedForwardResidual = residual(layout.feedForwardAlpha, layout.feedForwardBeta, normed);
        Mixer softmax = readSoftmax();
        FeedForward feedForward = readFeedForward();
        List<LayerSpec> layers = new ArrayList<>();
        for (int layer = 0; layer < layerCount; layer++) {
            layers.add(
                    lightning.get(layer)
                            ? new LayerSpec(
                                    new Lightning(heads, headDimension, slopes(layer), LIGHTNING_NORM_EPSILON),
                                    lightningResidual,
                                    feedForward,
                                    feedForwardResidual)
                            : new LayerSpec(softmax, softmaxResidual, feedForward, feedForwardResidual));
        }
        return layers;
    }

    /** For each layer, whether its mixer is Lightning attention rather than softmax attention. */
    private List<Boolean> readKinds() {
        String field = layout == Layout.TRANSFORMERS
                ? "layer_types"
                : fields.has("attn_type_list") ? "attn_type_list" : "decoder_attention_types";
        return fields.list(field, layerCount).stream()
                .map(kind -> switch (kind.asText()) {
                    case "0", "linear_attention" -> true;
                    case "1", "full_attention" -> false;
                    default -> throw fields.refused(field, "this engine does not know the kind " + kind);
                })
                .toList();
    }

    private Residual residual(String alpha, String beta, boolean normed) {
        return new Residual(fields.optionalNumber(alpha, 1), fields.optionalNumber(beta, 1), normed);
    }

    private Softmax readSoftmax() {
        int keyValueHeads =
                fields.optionalSize("num_key_value_heads", MOST_HEADS).orElse(heads);
        if (heads % keyValueHeads != 0) {
            throw fields.refused("num_key_value_heads", "which cannot be shared by " + heads + " heads");
        }
        // transformers turns all of a head whatever the configuration says; the weights were trained with this.
        int rotated = fields.optionalSize("rotary_dim", MOST_WIDTH).orElse(headDimension);
        if (rotated > headDimension || rotated % 2 != 0) {
            throw fields.refused("rotary_dim", "which is not an even part of a head of " + headDimension);
        }
        return new Softmax(
                heads, keyValueHeads, headDimension, new Rotary(rotated, Pairing.HALVES, readTheta()), false);
    }

    private double readTheta() {
        double theta = fields.object("rope_parameters")
                .map(rope -> {
                    rope.require("rope_type", "default");
                    rope.require("type", "default");
                    rope.require("partial_rotary_factor", 1);
                    double base = rope.number("rope_theta");
                    rope.refuseUnknown();
                    return base;
                })
                .orElseGet(() -> fields.number("rope_theta"));
        if (theta <= 1) {
            throw fields.refused(fields.has("rope_theta") ? "rope_theta" : "rope_parameters", "which cannot be");
        }
        return theta;
    }

    private FeedForward readFeedForward() {
        int intermediate = fields.size("intermediate_size", MOST_WIDTH);
        int experts = fields.optionalSize("num_local_experts", MOST_EXPERTS).orElse(1);
        if ((long) experts * layerCount > MOST_EXPERTS_IN_ALL) {
            throw fields.refused("num_local_experts", "which is more than any model has in " + layerCount + " layers");
        }
        int perToken = fields.optionalSize("num_experts_per_tok", MOST_EXPERTS).orElse(Math.min(2, experts));
        Optional<SharedExpert> shared = layout == Layout.ORIGINAL ? readSharedExpert() : Optional.empty();
        if (layout == Layout.ORIGINAL && experts == 1) {
            // Then the original implementation has neither a router nor a shared expert.
            if (shared.isPresent()) {
                throw fields.refused("shared_intermediate_size", "which is not used beside a single expert");
            }
            return new Dense(intermediate);
        }
        if (perToken > experts) {
            throw fields.refused("num_experts_per_tok", "there are " + experts + " experts");
        }
        return new MixtureOfExperts(experts, perToken, intermediate, shared);
    }

    private Optional<SharedExpert> readSharedExpert() {
        String mode = fields.optionalText("shared_moe_mode").orElse("softmax");
        double none = fields.optionalNumber("shared_intermediate_size", 0);
        if (none == 0) {
            return Optional.empty();
        }
        Coefficient coefficient = switch (mode) {
            case "sigmoid" -> Coefficient.SIGMOID;
            case "softmax" -> Coefficient.SOFTMAX;
            default -> throw fields.refused("shared_moe_mode", "this engine knows sigmoid and softmax");
        };
        return Optional.of(new SharedExpert(fields.size("shared_intermediate_size", MOST_WIDTH), coefficient));
    }

    /** The slopes of a layer's heads, by the rule of the layout. */
    private List<Double> slopes(int layer) {
        return switch (layout) {
            case ORIGINAL -> LightningSlopes.ofMiniMax(heads, layer, layerCount);
            case TRANSFORMERS -> LightningSlopes.ofTransformers(heads, layer, layerCount);
        };
    }
}
