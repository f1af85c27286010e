package io.lectern.engine.decoder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A small hybrid model with a configuration and weights by chance, in one of MiniMax's two layouts.
 *
 * @param config as in config.json
 * @param weights by the checkpoint's own names, row after row
 */
record RandomHybrid(ObjectNode config, Map<String, float[]> weights, Map<String, List<Integer>> shapes) {
    private static final int VOCABULARY = 97;

    /** A model that depends on nothing but chance. */
    static RandomHybrid of(Random chance) {
        ObjectNode config = new ObjectMapper().createObjectNode();
        boolean original = chance.nextBoolean();
        int layers = between(chance, 1, 5);
        int keyValueHeads = between(chance, 1, 3);
        int heads = keyValueHeads * between(chance, 1, 8 / keyValueHeads);
        int headDimension = 2 * between(chance, 1, 16);
        int experts = chance.nextInt(4) == 0 ? between(chance, 1, 64) : between(chance, 1, 8);
        int[] kinds = chance.ints(layers, 0, 3).map(kind -> kind == 2 ? 1 : 0).toArray();
        config.put("hidden_size", 8 * between(chance, 1, 8))
                .put("intermediate_size", between(chance, 1, 70))
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", heads)
                .put("num_key_value_heads", keyValueHeads)
                .put("head_dim", headDimension)
                .put("num_local_experts", experts)
                .put("num_experts_per_tok", Math.min(experts, between(chance, 1, 4)))
                .put("vocab_size", VOCABULARY)
                .put("max_position_embeddings", 1024)
                .put("rms_norm_eps", 1e-5)
                .put("hidden_act", "silu")
                .put("tie_word_embeddings", chance.nextInt(4) == 0);
        double theta = chance.nextBoolean() ? 1e7 : 1e4;
        if (original) {
            config.put("model_type", "minimax_m1")
                    .put("rope_theta", theta)
                    .put("rotary_dim", 2 * between(chance, 1, headDimension / 2))
                    .put("postnorm", chance.nextBoolean())
                    .put("shared_moe_mode", chance.nextBoolean() ? "sigmoid" : "softmax")
                    .put(
                            "shared_intermediate_size",
                            experts > 1 && chance.nextInt(3) == 0 ? between(chance, 1, 50) : 0);
            for (int kind : kinds) {
                config.withArray("attn_type_list").add(kind);
            }
        } else {
            config.put("model_type", "minimax").put("block_size", between(chance, 1, 300));
            config.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", theta);
            for (int kind : kinds) {
                config.withArray("layer_types").add(kind == 1 ? "full_attention" : "linear_attention");
            }
        }
        for (String part : List.of("linear", "full", "mlp")) {
            for (String letter : List.of("alpha", "beta")) {
                boolean mlp = part.equals("mlp");
                String field = original
                        ? "layernorm_" + part + (mlp ? "_" : "_attention_") + letter
                        : part + (mlp ? "_" : "_attn_") + letter + "_factor";
                config.put(field, 0.5 + 3 * chance.nextDouble());
            }
        }
        RandomHybrid model = new RandomHybrid(config, new LinkedHashMap<>(), new LinkedHashMap<>());
        model.addWeights(chance, kinds, original);
        return model;
    }

    private static int between(Random chance, int least, int most) {
        return chance.nextInt(least, most + 1);
    }

    private void addWeights(Random chance, int[] kinds, boolean original) {
        int hidden = config.get("hidden_size").asInt();
        int inner = config.get("num_attention_heads").asInt()
                * config.get("head_dim").asInt();
        int keys = config.get("num_key_value_heads").asInt()
                * config.get("head_dim").asInt();
        int experts = config.get("num_local_experts").asInt();
        int between = config.get("intermediate_size").asInt();
        int shared = config.path("shared_intermediate_size").asInt();
        matrix(chance, "model.embed_tokens", VOCABULARY, hidden);
        for (int layer = 0; layer < kinds.length; layer++) {
            String prefix = "model.layers." + layer + ".";
            norm(chance, prefix + "input_layernorm", hidden);
            norm(chance, prefix + "post_attention_layernorm", hidden);
            String mixer = prefix + "self_attn.";
            if (kinds[layer] == 1) {
                matrix(chance, mixer + "q_proj", inner, hidden);
                matrix(chance, mixer + "k_proj", keys, hidden);
                matrix(chance, mixer + "v_proj", keys, hidden);
                matrix(chance, mixer + "o_proj", hidden, inner);
            } else {
                matrix(chance, mixer + "qkv_proj", 3 * inner, hidden);
                matrix(chance, mixer + "output_gate", inner, hidden);
                matrix(chance, mixer + "out_proj", hidden, inner);
                norm(chance, mixer + "norm", inner);
            }
            if (original && experts == 1) {
                swiglu(chance, prefix + "mlp.", "gate_proj", "up_proj", "down_proj", between, hidden);
                continue;
            }
            matrix(chance, prefix + "block_sparse_moe.gate", experts, hidden);
            for (int expert = 0; expert < experts; expert++) {
                String name = prefix + "block_sparse_moe.experts." + expert + ".";
                swiglu(chance, name, "w1", "w3", "w2", between, hidden);
            }
            if (shared > 0) {
                swiglu(chance, prefix + "shared_mlp.", "gate_proj", "up_proj", "down_proj", shared, hidden);
                matrix(chance, prefix + "coefficient", 1, hidden);
            }
        }
        norm(chance, "model.norm", hidden);
        if (!config.get("tie_word_embeddings").asBoolean()) {
            matrix(chance, "lm_head", VOCABULARY, hidden);
        }
    }

    private void swiglu(Random chance, String prefix, String gate, String up, String down, int between, int hidden) {
        matrix(chance, prefix + gate, between, hidden);
        matrix(chance, prefix + up, between, hidden);
        matrix(chance, prefix + down, hidden, between);
    }

    /** Numbers such that a product has about the size of its argument. */
    private void matrix(Random chance, String name, int rows, int columns) {
        float[] numbers = new float[rows * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (chance.nextGaussian() / Math.sqrt(columns));
        }
        weights.put(name + ".weight", numbers);
        shapes.put(name + ".weight", List.of(rows, columns));
    }

    /** Numbers away from 1, so that a scale that is left out shows. */
    private void norm(Random chance, String name, int length) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = 0.7f + 0.6f * chance.nextFloat();
        }
        weights.put(name + ".weight", numbers);
        shapes.put(name + ".weight", List.of(length));
    }

    /** Writes config.json and model.safetensors. */
    void writeTo(Path folder) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        mapper.writeValue(folder.resolve("config.json").toFile(), config);
        ObjectNode head = mapper.createObjectNode();
        int offset = 0;
        for (Map.Entry<String, float[]> tensor : weights.entrySet()) {
            int after = offset + tensor.getValue().length * Float.BYTES;
            ObjectNode entry = head.putObject(tensor.getKey()).put("dtype", "F32");
            shapes.get(tensor.getKey()).forEach(entry.withArray("shape")::add);
            entry.withArray("data_offsets").add(offset).add(after);
            offset = after;
        }
        // Padded, so that the numbers lie at multiples of their size.
        StringBuilder text = new StringBuilder(mapper.writeValueAsString(head));
        while (text.length() % 8 != 0) {
            text.append(' ');
        }
        try (OutputStream out = Files.newOutputStream(folder.resolve("model.safetensors"))) {
            out.write(little(Long.BYTES).putLong(text.length()).array());
            out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
            for (float[] numbers : weights.values()) {
                ByteBuffer bytes = little(numbers.length * Float.BYTES);
                bytes.asFloatBuffer().put(numbers);
                out.write(bytes.array());
            }
        }
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
