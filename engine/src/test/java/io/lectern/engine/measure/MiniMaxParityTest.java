package io.lectern.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What transformers computed with the small hybrid model, computed here. */
class MiniMaxParityTest {
    private static final EngineOptions IN_32_BITS =
            EngineOptions.standard().withWeights(WeightPrecision.F32).withCache(CacheType.F32);

    /** Both sides compute in 32 bits, in different orders. */
    private static final double ROUNDING = 1e-4;

    /** Of states, which hold numbers up to 80. */
    private static final double ROUNDING_OF_STATES = 2e-4;

    private static Parity.Report compare(Path model, EngineOptions options, Integer... chunkTokens) {
        return Parity.run(model, MiniMaxTiny.golden(), options, List.of(chunkTokens), new Cancellation());
    }

    @Test
    void everyNumberOfTheReferenceIsMetWhateverTheChunk() {
        Parity.Report report = compare(MiniMaxTiny.folder(), IN_32_BITS, 1, 7, 256, 900, 0);

        assertThat(report.largestErrors().keySet()).isEqualTo(comparable());
        assertThat(report.largestErrors())
                .allSatisfy((tensor, error) -> assertThat(error)
                        .as(tensor)
                        .isLessThan(tensor.contains("kv_state") ? ROUNDING_OF_STATES : ROUNDING));
    }

    @Test
    void theOriginalLayoutIsTheSameModel(@TempDir Path folder) throws IOException {
        writeInOriginalLayout(folder);

        Parity.Report report = compare(folder, IN_32_BITS, 7, 0);

        // transformers, which made the reference, divides by layers - 1 + 1e-5 where the original divides by layers -
        // 1: the
        // states of late layers, which forget slowly, show it after many tokens.
        assertThat(report.largestErrors().keySet()).isEqualTo(comparable());
        assertThat(report.largestErrors())
                .allSatisfy((tensor, error) ->
                        assertThat(error).as(tensor).isLessThan(tensor.contains("kv_state") ? 1e-3 : ROUNDING));
    }

    @Test
    void aDifferenceIsSeen() {
        Parity.Report report = compare(
                MiniMaxTiny.folder(),
                IN_32_BITS.withWeights(WeightPrecision.BF16).withCache(CacheType.BF16),
                0);
        assertThat(report.largestErrors().get("p900.last_logits")).isBetween(ROUNDING, 0.2);
    }

    @Test
    void whatIsNoNumberIsRefusedNotCompared(@TempDir Path folder) throws IOException {
        Files.copy(MiniMaxTiny.folder().resolve("config.json"), folder.resolve("config.json"));
        byte[] weights = Files.readAllBytes(MiniMaxTiny.folder().resolve("model.safetensors"));
        ByteBuffer numbers = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) numbers.getLong(0);
        int expert = new ObjectMapper()
                .readTree(weights, Long.BYTES, header)
                .get("model.layers.0.block_sparse_moe.experts.0.w1.weight")
                .get("data_offsets")
                .get(0)
                .asInt();
        numbers.putFloat(Long.BYTES + header + expert, Float.NaN);
        Files.write(folder.resolve("model.safetensors"), weights);

        assertThatThrownBy(() -> compare(folder, IN_32_BITS, 0)).hasMessageContaining("not numbers");
    }

    @Test
    void whatHoldsNoReferenceIsRefused() {
        Path weights = MiniMaxTiny.folder().resolve("model.safetensors");
        assertThatThrownBy(() -> Parity.run(MiniMaxTiny.folder(), weights, IN_32_BITS, List.of(0), new Cancellation()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("input_ids");
    }

    /** All that the reference holds but the tokens. */
    private static Set<String> comparable() {
        try (SafetensorsFile golden = SafetensorsFile.open(MiniMaxTiny.golden())) {
            return golden.tensors().keySet().stream()
                    .filter(name -> !name.endsWith(".input_ids") && !name.endsWith(".decode_tokens"))
                    .collect(Collectors.toSet());
        }
    }

    /** The same model as MiniMax's own code would have written it. */
    private static void writeInOriginalLayout(Path folder) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode config = (ObjectNode)
                mapper.readTree(MiniMaxTiny.folder().resolve("config.json").toFile());
        ArrayNode kinds = mapper.createArrayNode();
        config.remove("layer_types").forEach(kind -> kinds.add(kind.asText().equals("full_attention") ? 1 : 0));
        config.set("attn_type_list", kinds);
        for (String letter : List.of("alpha", "beta")) {
            for (String part : List.of("full", "linear")) {
                config.set(
                        "layernorm_" + part + "_attention_" + letter,
                        config.remove(part + "_attn_" + letter + "_factor"));
            }
            config.set("layernorm_mlp_" + letter, config.remove("mlp_" + letter + "_factor"));
        }
        config.set("rope_theta", config.remove("rope_parameters").get("rope_theta"));
        config.set("rotary_dim", config.get("head_dim"));
        config.put("model_type", "minimax_m1").put("postnorm", true);
        config.put("shared_intermediate_size", 0).put("shared_moe_mode", "sigmoid");
        mapper.writeValue(folder.resolve("config.json").toFile(), config);
        Files.copy(MiniMaxTiny.folder().resolve("model.safetensors"), folder.resolve("model.safetensors"));
    }
}
