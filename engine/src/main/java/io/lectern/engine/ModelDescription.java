package io.lectern.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model holds and what it would take to run it here, known without loading it.
 *
 * @param name of the model
 * @param architecture such as "qwen2"
 * @param quantization such as "Q4_K_M" or "INT4 in groups of 128"; empty if the file does not say
 * @param layers number of layers
 * @param layersByKind how many layers have which mixer and which feed-forward
 * @param parameters number of weights
 * @param activeParameters weights that work on each token, embeddings and head aside: of a mixture of experts only the
 *     chosen ones
 * @param vocabulary number of tokens
 * @param contextWindow tokens that the model was made for
 * @param cache how keys and values are kept in what follows
 * @param contextBytesPerToken memory that each token of a context takes
 * @param contextFixedBytes memory that a context takes however long it is: the states of Lightning attention
 * @param bytesByTensorType bytes of weights in each way of storing them, most first
 * @param bytesByPart bytes of weights in each part of the model, most first
 * @param memory what running it takes of this machine's memory
 * @param cudaDevices how many CUDA devices the tensor runtime finds here
 */
public record ModelDescription(
        String name,
        String architecture,
        String quantization,
        int layers,
        Map<String, Integer> layersByKind,
        long parameters,
        long activeParameters,
        int vocabulary,
        int contextWindow,
        CacheType cache,
        long contextBytesPerToken,
        long contextFixedBytes,
        Map<String, Long> bytesByTensorType,
        Map<String, Long> bytesByPart,
        Memory memory,
        int cudaDevices) {

    /**
     * Memory that the weights take.
     *
     * @param freeBytes that can be taken now, on this machine and within the limit of this process's control group
     * @param copiedBytes of weights that are copied into memory in the form in which they are multiplied
     * @param mappedBytes of weights that are used where they lie in the file; the system keeps of them what it has room for
     */
    public record Memory(long freeBytes, long copiedBytes, long mappedBytes) {}

    public ModelDescription {
        layersByKind = Collections.unmodifiableMap(new LinkedHashMap<>(layersByKind));
        bytesByTensorType = Collections.unmodifiableMap(new LinkedHashMap<>(bytesByTensorType));
        bytesByPart = Collections.unmodifiableMap(new LinkedHashMap<>(bytesByPart));
    }

    /** Memory that a context of so many tokens takes, in bytes. */
    public long contextBytes(long tokens) {
        return contextFixedBytes + contextBytesPerToken * tokens;
    }

    /** Bytes of all weights as they are stored. */
    public long weightBytes() {
        return bytesByPart.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Tokens of the longest context that fits into the free memory beside the weights, at most the model's window; -1 if the
     * weights alone do not fit at once, so that they are read from their file layer by layer.
     */
    @JsonProperty
    public long longestContext() {
        long left = memory.freeBytes() - memory.copiedBytes() - memory.mappedBytes() - contextFixedBytes;
        if (left < 0) {
            return -1;
        }
        return contextBytesPerToken == 0 ? contextWindow : Math.min(contextWindow, left / contextBytesPerToken);
    }
}
