package io.lectern.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model file holds, known without loading the model.
 *
 * @param name of the model
 * @param architecture such as "qwen2"
 * @param quantization such as "Q4_K_M"; empty if the file does not say
 * @param layers number of layers
 * @param parameters number of weights
 * @param vocabulary number of tokens
 * @param contextWindow tokens that the model was made for
 * @param contextBytesPerToken memory that each token of a context takes
 * @param bytesByTensorType bytes of weights in each way of storing them, most first
 */
public record ModelDescription(
        String name,
        String architecture,
        String quantization,
        int layers,
        long parameters,
        int vocabulary,
        int contextWindow,
        long contextBytesPerToken,
        Map<String, Long> bytesByTensorType) {
    public ModelDescription {
        bytesByTensorType = Collections.unmodifiableMap(new LinkedHashMap<>(bytesByTensorType));
    }

    /** Memory that a context of so many tokens takes, in bytes. */
    public long contextBytes(int tokens) {
        return contextBytesPerToken * tokens;
    }
}
