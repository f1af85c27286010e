package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.StreamSupport;

/** The reference outputs among the test resources; see the README there. */
public final class Goldens {
    public static final String SMOLLM2 = "smollm2-135m-q4_1";
    /** The same model with the same weights, but widened to 32 bits, so that llama.cpp rounds no activations. */
    public static final String SMOLLM2_F32 = "smollm2-135m-f32";

    public static final String QWEN = "qwen2.5-coder-1.5b-q4_k_m";

    private Goldens() {}

    /** What llama.cpp made of a model. */
    public static JsonNode ofLlamaCpp(String model) {
        try {
            return new ObjectMapper().readTree(resource("llama.cpp/" + model + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] resource(String name) {
        try (InputStream in = Goldens.class.getResourceAsStream("/goldens/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A list of integers. */
    public static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
