package io.lectern.engine.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * MiniMax-M1's formulas in 64 bits, token after token, as plainly as they can be written: no blocks, no chunks, no caches
 * of the decoder's kind, nothing of the decoder's code. It is what the decoder is measured against on models that no other
 * program runs.
 *
 * <p>It reads the configuration itself, in either layout: "original" (attn_type_list) or transformers' (layer_types).
 */
final class ReferenceDecoder {
    private static final double LIGHTNING_NORM_EPSILON = 1e-6;

    private final JsonNode config;
    private final Map<String, float[]> weights;
    private final boolean original;
    private final int hidden;
    private final int heads;
    private final int keyValueHeads;
    private final int headDimension;
    private final int layers;
    private final double epsilon;

    /**
     * @param config as in config.json
     * @param weights by the checkpoint's own names, row after row
     */
    ReferenceDecoder(JsonNode config, Map<String, float[]> weights) {
        this.config = config;
        this.weights = weights;
        original = config.has("attn_type_list");
        hidden = config.get("hidden_size").asInt();
        heads = config.get("num_attention_heads").asInt();
        keyValueHeads = config.get("num_key_value_heads").asInt();
        headDimension = config.get("head_dim").asInt();
        layers = config.get("num_hidden_layers").asInt();
        epsilon = config.get("rms_norm_eps").asDouble();
    }

    /**
     * What came of reading.
     *
     * @param logits of the token after each
     * @param hiddenLast of the last token: before each layer, then behind the final norm
     * @param states of each layer, head by head, key by key; null where the layer is not Lightning attention
     * @param decided tokens from the first on whose experts do not hang on rounding: the least chosen one is likelier than
     *     the likeliest left out by more than {@link #ROUTING_MARGIN} of its logit
     */
    record Reading(double[][] logits, double[][] hiddenLast, double[][] states, int decided) {}

    /** Differences of router logits that a computation in 32 bits may turn round. */
    private static final double ROUTING_MARGIN = 2e-5;

    /** Reads tokens from nothing. */
    Reading read(int[] tokens) {
        double[][] x = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            x[t] = row("model.embed_tokens.weight", tokens[t], hidden);
        }
        double[][] hiddenLast = new double[layers + 1][];
        double[][] states = new double[layers][];
        int[] decided = {tokens.length};
        for (int layer = 0; layer < layers; layer++) {
            hiddenLast[layer] = x[tokens.length - 1].clone();
            String prefix = "model.layers." + layer + ".";
            double[][] normed = norm(x, prefix + "input_layernorm.weight", epsilon);
            double[][] mixed;
            if (isLightning(layer)) {
                states[layer] = new double[heads * headDimension * headDimension];
                mixed = lightning(normed, prefix + "self_attn.", layer, states[layer]);
                x = join(x, normed, mixed, scale("linear", "alpha"), scale("linear", "beta"));
            } else {
                mixed = softmaxAttention(normed, prefix + "self_attn.");
                x = join(x, normed, mixed, scale("full", "alpha"), scale("full", "beta"));
            }
            double[][] between = norm(x, prefix + "post_attention_layernorm.weight", epsilon);
            x = join(x, between, feedForward(between, prefix, decided), scale("mlp", "alpha"), scale("mlp", "beta"));
        }
        double[][] last = norm(x, "model.norm.weight", epsilon);
        hiddenLast[layers] = last[tokens.length - 1];
        String head = weights.containsKey("lm_head.weight") ? "lm_head.weight" : "model.embed_tokens.weight";
        return new Reading(each(last, token -> times(head, token)), hiddenLast, states, decided[0]);
    }

    private boolean isLightning(int layer) {
        return original
                ? config.get("attn_type_list").get(layer).asInt() == 0
                : config.get("layer_types").get(layer).asText().equals("linear_attention");
    }

    private double scale(String part, String letter) {
        if (!original) {
            return config.get(part + (part.equals("mlp") ? "_" : "_attn_") + letter + "_factor")
                    .asDouble();
        }
        return config.get("layernorm_" + part + (part.equals("mlp") ? "_" : "_attention_") + letter)
                .asDouble();
    }

    /** With post-norm what goes past a part is the normed stream. */
    private double[][] join(double[][] x, double[][] normed, double[][] output, double alpha, double beta) {
        boolean postNorm = !original || config.path("postnorm").asBoolean(false);
        double[][] past = postNorm ? normed : x;
        double[][] joined = new double[x.length][hidden];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < hidden; i++) {
                joined[t][i] = alpha * past[t][i] + beta * output[t][i];
            }
        }
        return joined;
    }

    // Lightning attention

    private double slope(int head, int layer) {
        double rate = original ? alibi(head, heads) : Math.pow(2, -8.0 * (head + 1) / heads);
        double last = original ? layers - 1 : layers - 1 + 1e-5;
        return rate * ((layer == 0 ? 1 : 1 - layer / last) + 1e-5); // of one layer, too, where the division is 0 / 0
    }

    /** The slopes of ALiBi (Press et al. 2022) for any number of heads. */
    private static double alibi(int head, int heads) {
        int power = Integer.highestOneBit(heads);
        return head < power
                ? Math.pow(2, -8.0 * (head + 1) / power)
                : Math.pow(2, -8.0 * (2 * (head - power) + 1) / (2 * power));
    }

    private double[][] lightning(double[][] x, String prefix, int layer, double[] state) {
        int d = headDimension;
        double[][] outputs = new double[x.length][heads * d];
        double[][] joined = each(x, token -> {
            double[] all = times(prefix + "qkv_proj.weight", token);
            for (int i = 0; i < all.length; i++) {
                all[i] = silu(all[i]);
            }
            return all;
        });
        IntStream.range(0, heads).parallel().forEach(head -> {
            double decay = Math.exp(-slope(head, layer));
            int query = head * 3 * d;
            int key = query + d;
            int value = key + d;
            for (int t = 0; t < x.length; t++) {
                for (int k = 0; k < d; k++) {
                    for (int v = 0; v < d; v++) {
                        int at = (head * d + k) * d + v;
                        state[at] = decay * state[at] + joined[t][key + k] * joined[t][value + v];
                        outputs[t][head * d + v] += joined[t][query + k] * state[at];
                    }
                }
            }
        });
        double[][] normed = norm(outputs, prefix + "norm.weight", LIGHTNING_NORM_EPSILON);
        double[][] gated = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] gate = times(prefix + "output_gate.weight", x[t]);
            gated[t] = new double[heads * d];
            for (int i = 0; i < gated[t].length; i++) {
                gated[t][i] = normed[t][i] * sigmoid(gate[i]);
            }
        }
        return each(gated, token -> times(prefix + "out_proj.weight", token));
    }

    // Softmax attention

    private double[][] softmaxAttention(double[][] x, String prefix) {
        int d = headDimension;
        double[][] queries = each(x, token -> times(prefix + "q_proj.weight", token));
        double[][] keys = each(x, token -> times(prefix + "k_proj.weight", token));
        double[][] values = each(x, token -> times(prefix + "v_proj.weight", token));
        for (int t = 0; t < x.length; t++) {
            turn(queries[t], t);
            turn(keys[t], t);
        }
        double[][] outputs = new double[x.length][heads * d];
        IntStream.range(0, heads).parallel().forEach(head -> {
            int own = head * d;
            int shared = head / (heads / keyValueHeads) * d;
            for (int t = 0; t < x.length; t++) {
                double[] scores = new double[t + 1];
                for (int past = 0; past <= t; past++) {
                    for (int i = 0; i < d; i++) {
                        scores[past] += queries[t][own + i] * keys[past][shared + i] / Math.sqrt(d);
                    }
                }
                softmax(scores);
                for (int past = 0; past <= t; past++) {
                    for (int i = 0; i < d; i++) {
                        outputs[t][own + i] += scores[past] * values[past][shared + i];
                    }
                }
            }
        });
        return each(outputs, token -> times(prefix + "o_proj.weight", token));
    }

    /** Turns the first rotary dimensions of each head, pairs (j, j + half). */
    private void turn(double[] vector, int position) {
        int rotary = config.path("rotary_dim").asInt(headDimension);
        double theta = (original ? config : config.get("rope_parameters"))
                .get("rope_theta")
                .asDouble();
        int half = rotary / 2;
        for (int start = 0; start < vector.length; start += headDimension) {
            for (int j = 0; j < half; j++) {
                double angle = position * Math.pow(theta, -2.0 * j / rotary);
                double first = vector[start + j];
                double second = vector[start + j + half];
                vector[start + j] = first * Math.cos(angle) - second * Math.sin(angle);
                vector[start + j + half] = second * Math.cos(angle) + first * Math.sin(angle);
            }
        }
    }

    // Mixture of experts

    private double[][] feedForward(double[][] x, String prefix, int[] decided) {
        String experts = prefix + "block_sparse_moe.";
        int shared = config.path("shared_intermediate_size").asInt(0);
        int[] certain = new int[x.length];
        double[][] outputs = new double[x.length][];
        IntStream.range(0, x.length).parallel().forEach(t -> {
            if (original && config.get("num_local_experts").asInt() == 1) { // then there is no mixture
                certain[t] = 1;
                outputs[t] = swiglu(
                        x[t],
                        prefix + "mlp.gate_proj.weight",
                        prefix + "mlp.up_proj.weight",
                        prefix + "mlp.down_proj.weight");
                return;
            }
            double[] output = new double[hidden];
            certain[t] = mixture(x[t], experts, output) ? 1 : 0;
            if (shared > 0) {
                double number = times(prefix + "coefficient.weight", x[t])[0];
                double c = config.get("shared_moe_mode").asText().equals("sigmoid") ? sigmoid(number) : 1;
                double[] other = swiglu(
                        x[t],
                        prefix + "shared_mlp.gate_proj.weight",
                        prefix + "shared_mlp.up_proj.weight",
                        prefix + "shared_mlp.down_proj.weight");
                for (int i = 0; i < hidden; i++) {
                    output[i] = (1 - c) * output[i] + c * other[i];
                }
            }
            outputs[t] = output;
        });
        for (int t = 0; t < decided[0]; t++) {
            if (certain[t] == 0) {
                decided[0] = t;
            }
        }
        return outputs;
    }

    /** Adds the experts' outputs; returns whether the choice of experts is beyond rounding. */
    private boolean mixture(double[] x, String prefix, double[] output) {
        double[] logits = times(prefix + "gate.weight", x);
        double[] likely = logits.clone();
        softmax(likely);
        int[] order = IntStream.range(0, likely.length)
                .boxed()
                .sorted((a, b) -> Double.compare(likely[b], likely[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        int chosen = config.get("num_experts_per_tok").asInt();
        double sum = 0;
        for (int rank = 0; rank < chosen; rank++) {
            sum += likely[order[rank]];
        }
        for (int rank = 0; rank < chosen; rank++) {
            String expert = prefix + "experts." + order[rank] + ".";
            double[] each = swiglu(x, expert + "w1.weight", expert + "w3.weight", expert + "w2.weight");
            for (int i = 0; i < hidden; i++) {
                output[i] += likely[order[rank]] / sum * each[i];
            }
        }
        return chosen == order.length
                || logits[order[chosen - 1]] - logits[order[chosen]]
                        > ROUTING_MARGIN * Math.max(1, Math.abs(logits[order[chosen]]));
    }

    private double[] swiglu(double[] x, String gate, String up, String down) {
        double[] gated = times(gate, x);
        double[] through = times(up, x);
        for (int i = 0; i < gated.length; i++) {
            gated[i] = silu(gated[i]) * through[i];
        }
        return times(down, gated);
    }

    // Arithmetic

    private interface OfToken {
        double[] apply(double[] token);
    }

    private static double[][] each(double[][] tokens, OfToken function) {
        double[][] results = new double[tokens.length][];
        IntStream.range(0, tokens.length).parallel().forEach(t -> results[t] = function.apply(tokens[t]));
        return results;
    }

    private double[][] norm(double[][] x, String name, double epsilon) {
        float[] weight = weights.get(name);
        return each(x, token -> {
            double squares = 0;
            for (double number : token) {
                squares += number * number;
            }
            double scale = 1 / Math.sqrt(squares / token.length + epsilon);
            double[] normed = new double[token.length];
            for (int i = 0; i < token.length; i++) {
                normed[i] = token[i] * scale * weight[i];
            }
            return normed;
        });
    }

    private double[] row(String name, int row, int length) {
        double[] numbers = new double[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = weights.get(name)[row * length + i];
        }
        return numbers;
    }

    private double[] times(String name, double[] x) {
        float[] matrix = weights.get(name);
        double[] product = new double[matrix.length / x.length];
        for (int row = 0; row < product.length; row++) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += matrix[row * x.length + i] * x[i];
            }
            product[row] = sum;
        }
        return product;
    }

    private static void softmax(double[] numbers) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double number : numbers) {
            largest = Math.max(largest, number);
        }
        double sum = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.exp(numbers[i] - largest);
            sum += numbers[i];
        }
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] /= sum;
        }
    }

    private static double sigmoid(double number) {
        return 1 / (1 + Math.exp(-number));
    }

    private static double silu(double number) {
        return number * sigmoid(number);
    }
}
