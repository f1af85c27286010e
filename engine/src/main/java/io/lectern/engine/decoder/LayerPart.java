package io.lectern.engine.decoder;

import io.lectern.engine.model.TensorData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A mixer or a feed-forward with its weights. Touched on the tensor runtime's thread only, but for {@link #fetch}. */
sealed interface LayerPart extends AutoCloseable permits Mixer, FeedForward {

    /** The matrices, with what is multiplied together. */
    List<PartWeights> weights();

    /** Bytes of matrices that are read for one token. */
    default long packedBytes() {
        return weights().stream().mapToLong(PartWeights::packedBytes).sum();
    }

    /** Bytes that the packed matrices take beside their mapped file. */
    default long copiedBytes() {
        return weights().stream().mapToLong(PartWeights::copiedBytes).sum();
    }

    /** Packs the matrices now rather than when they are first needed. */
    default void prepare() {
        weights().forEach(PartWeights::packed);
    }

    /** The matrices of floating-point numbers as they lie in memory, by name; after {@link #prepare}. */
    default Map<String, TensorData> inMemory() {
        Map<String, TensorData> tensors = new HashMap<>();
        weights().forEach(part -> tensors.putAll(part.inMemory()));
        return tensors;
    }

    /** Has the system bring the matrices from their files to memory; on any thread. */
    default void fetch() {
        weights().forEach(PartWeights::fetch);
    }

    /** Lets go of the matrices in memory; they come back when they are needed. */
    default void evict() {
        weights().forEach(PartWeights::evict);
    }

    @Override
    void close();
}
