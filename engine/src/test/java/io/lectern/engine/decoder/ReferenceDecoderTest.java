package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference itself is held to what transformers computed. */
class ReferenceDecoderTest {
    /** transformers computed in 32 bits. */
    private static final double ROUNDING = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"p1", "p17", "p256", "p900", "rot16_p256"})
    void agreesWithTransformers(String prompt) throws IOException {
        ObjectNode config = (ObjectNode) new ObjectMapper()
                .readTree(MiniMaxTiny.folder().resolve("config.json").toFile());
        if (prompt.startsWith("rot16_")) {
            config.put("rotary_dim", 16);
        }
        try (SafetensorsFile weights = SafetensorsFile.open(MiniMaxTiny.folder().resolve("model.safetensors"));
                SafetensorsFile golden = SafetensorsFile.open(MiniMaxTiny.golden())) {
            int[] tokens = Arrays.stream(golden.tensors()
                            .get(prompt.replace("rot16_", "") + ".input_ids")
                            .readIntegers())
                    .mapToInt(Math::toIntExact)
                    .toArray();

            ReferenceDecoder.Reading reading = new ReferenceDecoder(config, numbers(weights)).read(tokens);

            Map<String, float[]> expected = numbers(golden);
            assertClose(reading.logits()[tokens.length - 1], expected.get(prompt + ".last_logits"));
            for (int i = 0; i < reading.hiddenLast().length; i++) {
                assertClose(reading.hiddenLast()[i], expected.get(prompt + ".hidden_last." + i));
            }
            assertClose(reading.states()[0], expected.get(prompt + ".kv_state.0"));
            assertClose(reading.states()[6], expected.get(prompt + ".kv_state.6"));
        }
    }

    private static Map<String, float[]> numbers(SafetensorsFile file) {
        Map<String, float[]> numbers = new HashMap<>();
        file.tensors().forEach((name, stored) -> {
            if (stored.type() == SafetensorsFile.NumberType.F32) {
                numbers.put(name, stored.asWeights(name).readAll());
            }
        });
        return numbers;
    }

    private static void assertClose(double[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        assertThat(largest).isLessThan(ROUNDING);
    }
}
