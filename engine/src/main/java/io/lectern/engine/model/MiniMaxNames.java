package io.lectern.engine.model;

import io.lectern.engine.model.LayerSpec.Lightning;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of tensors in MiniMax's safetensors folders, which are the same in both layouts: those of the original
 * implementation (its shared expert and coefficient as in vLLM's minimax_text_01.py).
 */
final class MiniMaxNames {
    private static final Pattern OF_LAYER = Pattern.compile("blk\\.(\\d+)\\.(.+)");
    private static final Pattern OF_EXPERT = Pattern.compile("(ffn_(?:gate|up|down))\\.(\\d+)\\.weight");

    private static final Map<String, String> OF_MODEL = Map.of(
            TensorNames.TOKEN_EMBEDDING, "model.embed_tokens.weight",
            TensorNames.OUTPUT_NORM, "model.norm.weight",
            TensorNames.OUTPUT, "lm_head.weight");

    private static final Map<String, String> IN_LAYER = Map.ofEntries(
            Map.entry(TensorNames.MIXER_NORM, "input_layernorm.weight"),
            Map.entry(TensorNames.QUERY, "self_attn.q_proj.weight"),
            Map.entry(TensorNames.KEY, "self_attn.k_proj.weight"),
            Map.entry(TensorNames.VALUE, "self_attn.v_proj.weight"),
            Map.entry(TensorNames.LIGHTNING_QUERY_KEY_VALUE, "self_attn.qkv_proj.weight"),
            Map.entry(TensorNames.LIGHTNING_GATE, "self_attn.output_gate.weight"),
            Map.entry(TensorNames.LIGHTNING_NORM, "self_attn.norm.weight"),
            Map.entry(TensorNames.FEED_FORWARD_NORM, "post_attention_layernorm.weight"),
            Map.entry(TensorNames.FEED_FORWARD_GATE, "mlp.gate_proj.weight"),
            Map.entry(TensorNames.FEED_FORWARD_UP, "mlp.up_proj.weight"),
            Map.entry(TensorNames.FEED_FORWARD_DOWN, "mlp.down_proj.weight"),
            Map.entry(TensorNames.ROUTER, "block_sparse_moe.gate.weight"),
            Map.entry(TensorNames.SHARED_GATE, "shared_mlp.gate_proj.weight"),
            Map.entry(TensorNames.SHARED_UP, "shared_mlp.up_proj.weight"),
            Map.entry(TensorNames.SHARED_DOWN, "shared_mlp.down_proj.weight"),
            Map.entry(TensorNames.SHARED_COEFFICIENT, "coefficient.weight"));

    private static final Map<String, String> IN_EXPERT = Map.of("ffn_gate", "w1", "ffn_down", "w2", "ffn_up", "w3");

    /** What transformers writes beside the weights although it can be computed from the configuration. */
    private static final Set<String> DERIVED =
            Set.of("slope_rate", "query_decay", "key_decay", "diagonal_decay", "inv_freq");

    /** Behind the name of a matrix: its codes, in integers of 32 bits (compressed-tensors). */
    static final String PACKED = "_packed";
    /** Behind the name of a matrix: the scales of its codes. */
    static final String SCALE = "_scale";
    /** Behind the name of a matrix: its rows and columns. */
    static final String SHAPE = "_shape";

    /** Matrices that stay as they are where the others become codes: few numbers, on which much depends. */
    private static final Set<String> STAY_NUMBERS = Set.of(TensorNames.TOKEN_EMBEDDING, TensorNames.OUTPUT);

    private static final Set<String> STAY_NUMBERS_IN_LAYER = Set.of(TensorNames.ROUTER, TensorNames.SHARED_COEFFICIENT);

    private MiniMaxNames() {}

    /** Whether a tensor is one of those that become codes where a folder is quantised. */
    static boolean becomesCodes(String canonical, long[] shape) {
        Matcher ofLayer = OF_LAYER.matcher(canonical);
        boolean stays =
                ofLayer.matches() ? STAY_NUMBERS_IN_LAYER.contains(ofLayer.group(2)) : STAY_NUMBERS.contains(canonical);
        return shape.length == 2 && !stays;
    }

    /** The name in the folder of the tensor with this canonical name. */
    static String inFolder(String canonical, ModelConfig config) {
        Matcher ofLayer = OF_LAYER.matcher(canonical);
        if (!ofLayer.matches()) {
            return OF_MODEL.get(canonical);
        }
        int layer = Integer.parseInt(ofLayer.group(1));
        String tensor = ofLayer.group(2);
        return "model.layers." + layer + "." + inLayer(tensor, config.layers().get(layer));
    }

    private static String inLayer(String tensor, LayerSpec spec) {
        Matcher ofExpert = OF_EXPERT.matcher(tensor);
        if (ofExpert.matches()) {
            return "block_sparse_moe.experts." + ofExpert.group(2) + "." + IN_EXPERT.get(ofExpert.group(1)) + ".weight";
        }
        if (tensor.equals(TensorNames.ATTENTION_OUTPUT)) {
            return spec.mixer() instanceof Lightning ? "self_attn.out_proj.weight" : "self_attn.o_proj.weight";
        }
        return IN_LAYER.get(tensor);
    }

    /** Whether a tensor with this name in a folder says nothing that the configuration does not say. */
    static boolean isDerived(String inFolder) {
        return DERIVED.contains(inFolder.substring(inFolder.lastIndexOf('.') + 1));
    }
}
