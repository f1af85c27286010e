package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Residual;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.SharedExpert;
import io.lectern.engine.model.LayerSpec.SharedExpert.Coefficient;
import io.lectern.engine.model.LayerSpec.Softmax;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MiniMaxConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FILE = Path.of("somewhere", "config.json");
    private static final double ALPHA = 3.5565588200778455;

    /** The fields that MiniMax-M1 publishes, with its numbers. */
    private static ObjectNode original() {
        ObjectNode config = JSON.createObjectNode();
        config.put("model_type", "minimax_m1").put("hidden_act", "silu").put("hidden_size", 6144);
        config.put("num_hidden_layers", 80).put("num_attention_heads", 64).put("num_key_value_heads", 8);
        config.put("head_dim", 128)
                .put("rotary_dim", 64)
                .put("rope_theta", 10_000_000)
                .put("rms_norm_eps", 1e-5);
        config.put("intermediate_size", 9216).put("num_local_experts", 32).put("num_experts_per_tok", 2);
        config.put("max_position_embeddings", 10_240_000)
                .put("vocab_size", 200_064)
                .put("postnorm", true);
        config.put("layernorm_full_attention_alpha", ALPHA).put("layernorm_full_attention_beta", 1.0);
        config.put("layernorm_linear_attention_alpha", ALPHA).put("layernorm_linear_attention_beta", 1.0);
        config.put("layernorm_mlp_alpha", ALPHA).put("layernorm_mlp_beta", 1.0);
        config.put("shared_intermediate_size", 0).put("shared_moe_mode", "sigmoid");
        config.put("tie_word_embeddings", false).put("use_cache", true).put("attention_dropout", 0.0);
        config.put("router_aux_loss_coef", 0.001)
                .put("router_jitter_noise", 0.0)
                .put("output_router_logits", false);
        config.putNull("sliding_window").putNull("bos_token_id").putNull("eos_token_id");
        var kinds = config.putArray("attn_type_list");
        for (int layer = 0; layer < 80; layer++) {
            kinds.add(layer % 8 == 7 ? 1 : 0);
        }
        return config;
    }

    private static ObjectNode transformers() throws IOException {
        return (ObjectNode)
                JSON.readTree(MiniMaxTiny.folder().resolve("config.json").toFile());
    }

    private static ModelConfig read(ObjectNode config) {
        return MiniMaxConfig.read("some", config, FILE);
    }

    @Test
    void miniMaxM1IsAsPublished() {
        ModelConfig config = read(original());
        Residual residual = new Residual(ALPHA, 1, true);
        assertThat(config.layers()).hasSize(80);
        assertThat(config.layers().get(7))
                .isEqualTo(new LayerSpec(
                        new Softmax(64, 8, 128, new Rotary(64, Rotary.Pairing.HALVES, 1e7), false),
                        residual,
                        new MixtureOfExperts(32, 2, 9216, Optional.empty()),
                        residual));
        assertThat(config.layers())
                .filteredOn(layer -> layer.mixer() instanceof Lightning)
                .hasSize(70);
        Lightning first = (Lightning) config.layers().getFirst().mixer();
        assertThat(first.outputNormEpsilon()).isEqualTo(1e-6);
        assertThat(first.slopes().getFirst()).isEqualTo(Math.pow(2, -0.125) * (1 + 1e-5), within(1e-15));
        Lightning last = (Lightning) config.layers().get(78).mixer();
        assertThat(last.slopes().getLast()).isEqualTo(Math.pow(2, -8) * (1 - 78.0 / 79 + 1e-5), within(1e-15));
        long parameters = ExpectedTensors.of(config).values().stream()
                .mapToLong(shape -> java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                .sum();
        assertThat(parameters / 1e9).isEqualTo(456.1, within(0.05));
        assertThat(config.contextLength()).isEqualTo(10_240_000);
    }

    @Test
    void bothLayoutsDescribeTheSameModelButForTheSlopes() throws IOException {
        ObjectNode hf = transformers();
        ObjectNode own = hf.deepCopy();
        own.put("model_type", "minimax_text_01").put("postnorm", true).put("rope_theta", 1e7);
        own.remove(List.of("layer_types", "rope_parameters"));
        for (String part : List.of("full", "linear")) {
            own.set("layernorm_" + part + "_attention_alpha", own.remove(part + "_attn_alpha_factor"));
            own.set("layernorm_" + part + "_attention_beta", own.remove(part + "_attn_beta_factor"));
        }
        own.set("layernorm_mlp_alpha", own.remove("mlp_alpha_factor"));
        own.set("layernorm_mlp_beta", own.remove("mlp_beta_factor"));
        own.putArray("attn_type_list")
                .add(0)
                .add(0)
                .add(0)
                .add(0)
                .add(0)
                .add(0)
                .add(0)
                .add(1);
        ModelConfig one = read(hf);
        ModelConfig other = read(own);
        assertThat(other)
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes("architecture", ".*slopes.*")
                .isEqualTo(one);
        for (int layer = 0; layer < 7; layer++) {
            List<Double> slopes = ((Lightning) one.layers().get(layer).mixer()).slopes();
            List<Double> exact = ((Lightning) other.layers().get(layer).mixer()).slopes();
            for (int head = 0; head < 4; head++) {
                assertThat(slopes.get(head)).isEqualTo(exact.get(head), within(1e-6));
            }
        }
        assertThat(((Lightning) one.layers().get(6).mixer()).slopes())
                .isNotEqualTo(((Lightning) other.layers().get(6).mixer()).slopes());
        // transformers turns whole heads whatever is asked for; a model that asks for less was trained with less.
        assertThat(((Softmax) read(hf.put("rotary_dim", 16)).layers().getLast().mixer())
                        .rotary()
                        .dimensions())
                .isEqualTo(16);
    }

    @Test
    void slopesOfHeadsThatAreNoPowerOfTwo() {
        // As the published function for ALiBi gives them for 6 heads: those of 4, then every other of 8.
        List<Double> slopes = LightningSlopes.ofMiniMax(6, 0, 1);
        double[] expected = {0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125};
        for (int head = 0; head < 6; head++) {
            assertThat(slopes.get(head)).isEqualTo(expected[head] * (1 + 1e-5), within(1e-12));
        }
        assertThat(LightningSlopes.ofTransformers(6, 0, 1).get(5))
                .isEqualTo(Math.pow(2, -8) * (1 + 1e-5), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"sigmoid, SIGMOID", "softmax, SOFTMAX"})
    void aSharedExpertInBothModes(String mode, Coefficient coefficient) {
        ModelConfig config =
                read(original().put("shared_intermediate_size", 1024).put("shared_moe_mode", mode));
        assertThat(config.layers().getFirst().feedForward())
                .isEqualTo(new MixtureOfExperts(32, 2, 9216, Optional.of(new SharedExpert(1024, coefficient))));
    }

    @Test
    void withoutPostnormTheStreamItselfGoesOn() {
        assertThat(read(original().put("postnorm", false)).layers().getFirst().mixerResidual())
                .isEqualTo(new Residual(ALPHA, 1, false));
        ObjectNode bare = original();
        bare.remove(List.of("postnorm", "layernorm_mlp_alpha", "layernorm_mlp_beta"));
        assertThat(read(bare).layers().getFirst().feedForwardResidual()).isEqualTo(new Residual(1, 1, false));
    }

    @Test
    void oneExpertIsADenseFeedForward() {
        assertThat(read(original().put("num_local_experts", 1).put("num_experts_per_tok", 1))
                        .layers()
                        .getFirst()
                        .feedForward())
                .isEqualTo(new Dense(9216));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'rope_scaling': {'type': 'yarn', 'factor': 4}}",
                "{'sliding_window': 4096}",
                "{'use_sliding_window': true}",
                "{'hidden_act': 'gelu'}",
                "{'attention_bias': true}",
                "{'shared_moe_mode': 'mean', 'shared_intermediate_size': 8}",
                "{'model_type': 'minimax_m2'}",
                "{'use_qk_norm': true}",
                "{'num_mtp_modules': 3}",
                "{'num_attention_heads': 0}",
                "{'num_attention_heads': 1.5}",
                "{'num_attention_heads': '64'}",
                "{'num_key_value_heads': 7}",
                "{'num_hidden_layers': 1000000000}",
                "{'num_local_experts': 4096}",
                "{'num_experts_per_tok': 33}",
                "{'rotary_dim': 130}",
                "{'rotary_dim': 63}",
                "{'rope_theta': 0}",
                "{'rms_norm_eps': 2}",
                "{'layernorm_mlp_alpha': 'one'}",
                "{'postnorm': 1}"
            })
    void whatIsNotComputedIsRefusedWithFieldAndValue(String change) throws IOException {
        ObjectNode changes = (ObjectNode) JSON.readTree(change.replace('\'', '"'));
        var first = changes.properties().iterator().next();
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> read((ObjectNode) original().setAll(changes)))
                .withMessageStartingWith("config.json says " + first.getKey() + " = ")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(EngineException.Reason.MODEL_UNUSABLE));
    }

    @Test
    void otherLayoutsAndMissingFieldsAreNamed() throws IOException {
        ObjectNode kinds = original();
        kinds.putArray("attn_type_list").add(0);
        refused(kinds, "80 values for attn_type_list");
        ObjectNode strange = original();
        strange.withArray("attn_type_list").set(3, 2);
        refused(strange, "attn_type_list", "kind 2");
        ObjectNode without = original();
        without.remove("hidden_size");
        refused(without, "lacks the field hidden_size");
        ObjectNode yarn = transformers();
        yarn.withObject("rope_parameters").put("rope_type", "yarn");
        refused(yarn, "rope_parameters.rope_type = \"yarn\"");
        ObjectNode unknown = transformers();
        unknown.withObject("rope_parameters").put("mscale", 2);
        refused(unknown, "rope_parameters.mscale = 2");
        refused(transformers().put("postnorm", false), "postnorm = false");
    }

    private static void refused(ObjectNode config, String... saying) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> read(config))
                .satisfies(e -> assertThat(e.getMessage()).contains(saying));
    }
}
