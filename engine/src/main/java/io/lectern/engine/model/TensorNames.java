package io.lectern.engine.model;

/**
 * The canonical names of tensors, which are those of GGUF files; a checkpoint of another format translates its own into
 * these. Matrices are {outputs, inputs}.
 */
public final class TensorNames {
    /** {vocabulary, hidden}: the vector of each token; also the head where the head is tied. */
    public static final String TOKEN_EMBEDDING = "token_embd.weight";
    /** {hidden}: scale of the last norm. */
    public static final String OUTPUT_NORM = "output_norm.weight";
    /** {vocabulary, hidden}: the head; absent where it is tied to the embedding. */
    public static final String OUTPUT = "output.weight";

    /** {hidden}: scale of the norm before the mixer. */
    public static final String MIXER_NORM = "attn_norm.weight";
    /** {heads × head dimension, hidden}. */
    public static final String QUERY = "attn_q.weight";
    /** {key-value heads × head dimension, hidden}. */
    public static final String KEY = "attn_k.weight";
    /** {key-value heads × head dimension, hidden}. */
    public static final String VALUE = "attn_v.weight";
    /** {heads × head dimension}. */
    public static final String QUERY_BIAS = "attn_q.bias";
    /** {key-value heads × head dimension}. */
    public static final String KEY_BIAS = "attn_k.bias";
    /** {key-value heads × head dimension}. */
    public static final String VALUE_BIAS = "attn_v.bias";
    /** {hidden, heads × head dimension}. */
    public static final String ATTENTION_OUTPUT = "attn_output.weight";
    /** {heads × 3 × head dimension, hidden}: query, key and value of Lightning attention, head by head. */
    public static final String LIGHTNING_QUERY_KEY_VALUE = "attn_qkv.weight";
    /** {heads × head dimension, hidden}: the gate of Lightning attention's output. */
    public static final String LIGHTNING_GATE = "attn_gate.weight";
    /** {heads × head dimension}: scale of the norm over Lightning attention's heads. */
    public static final String LIGHTNING_NORM = "attn_norm_2.weight";
    /** {hidden}: scale of the norm before the feed-forward. */
    public static final String FEED_FORWARD_NORM = "ffn_norm.weight";
    /** {intermediate, hidden}. */
    public static final String FEED_FORWARD_GATE = "ffn_gate.weight";
    /** {intermediate, hidden}. */
    public static final String FEED_FORWARD_UP = "ffn_up.weight";
    /** {hidden, intermediate}. */
    public static final String FEED_FORWARD_DOWN = "ffn_down.weight";

    /** {experts, hidden}: which experts work on a token. */
    public static final String ROUTER = "ffn_gate_inp.weight";
    /** {intermediate, hidden}. */
    public static final String SHARED_GATE = "ffn_gate_shexp.weight";
    /** {intermediate, hidden}. */
    public static final String SHARED_UP = "ffn_up_shexp.weight";
    /** {hidden, intermediate}. */
    public static final String SHARED_DOWN = "ffn_down_shexp.weight";
    /** {1, hidden}: the share of the shared expert. */
    public static final String SHARED_COEFFICIENT = "ffn_gate_inp_shexp.weight";

    private TensorNames() {}

    /**
     * An expert's tensor: {@code ofExpert(5, FEED_FORWARD_GATE)} is "ffn_gate.5.weight". GGUF files have all experts of a
     * layer in one tensor; a checkpoint shows them apart.
     */
    public static String ofExpert(int expert, String tensor) {
        int dot = tensor.indexOf('.');
        return tensor.substring(0, dot) + "." + expert + tensor.substring(dot);
    }

    /** The full name of a layer's tensor: {@code ofLayer(3, QUERY)} is "blk.3.attn_q.weight". */
    public static String ofLayer(int layer, String tensor) {
        return "blk." + layer + "." + tensor;
    }
}
