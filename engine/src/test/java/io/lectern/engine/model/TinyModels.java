package io.lectern.engine.model;

import java.util.ArrayList;
import java.util.List;

/** Models small enough to be written in a test. */
public final class TinyModels {
    static final int HIDDEN = 32;

    private TinyModels() {}

    /** One layer of the llama architecture, with a vocabulary of the 256 bytes, one merge and two control tokens. */
    public static GgufWriter llama() {
        List<String> tokens = new ArrayList<>();
        List<Integer> kinds = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(letter(b));
            kinds.add(1);
        }
        tokens.addAll(List.of("he", "<|start|>", "<|end|>"));
        kinds.addAll(List.of(1, 3, 3));
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.name", "Tiny")
                .put("general.file_type", 0)
                .put("llama.block_count", 1)
                .put("llama.context_length", 128)
                .put("llama.embedding_length", HIDDEN)
                .put("llama.feed_forward_length", 64)
                .put("llama.attention.head_count", 4)
                .put("llama.attention.head_count_kv", 2)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.rope.freq_base", 10_000f)
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "gpt-2")
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", kinds)
                .put("tokenizer.ggml.merges", List.of("h e"))
                .put("tokenizer.ggml.bos_token_id", 257)
                .put("tokenizer.ggml.eos_token_id", 258)
                .put(
                        "tokenizer.chat_template",
                        "{% for m in messages %}<|start|>{{ m.role }}:{{ m.content }}<|end|>{% endfor %}"
                                + "{% if add_generation_prompt %}<|start|>assistant:{% endif %}")
                .tensor("token_embd.weight", 0.5f, 259, HIDDEN)
                .tensor("blk.0.attn_norm.weight", 1, HIDDEN)
                .tensor("blk.0.attn_q.weight", 0.1f, 32, HIDDEN)
                .tensor("blk.0.attn_k.weight", 0.1f, 16, HIDDEN)
                .tensor("blk.0.attn_v.weight", 0.1f, 16, HIDDEN)
                .tensor("blk.0.attn_output.weight", 0.1f, HIDDEN, 32)
                .tensor("blk.0.ffn_norm.weight", 1, HIDDEN)
                .tensor("blk.0.ffn_gate.weight", 0.1f, 64, HIDDEN)
                .tensor("blk.0.ffn_up.weight", 0.1f, 64, HIDDEN)
                .tensor("blk.0.ffn_down.weight", 0.1f, HIDDEN, 64)
                .tensor("output_norm.weight", 1, HIDDEN);
    }

    /** The letter of a byte in the alphabet of byte-level vocabularies. */
    private static String letter(int wanted) {
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            int letter = printable ? b : next++;
            if (b == wanted) {
                return Character.toString(letter);
            }
        }
        throw new IllegalArgumentException(String.valueOf(wanted));
    }
}
