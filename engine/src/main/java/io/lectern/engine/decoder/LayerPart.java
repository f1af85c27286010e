package io.lectern.engine.decoder;

import java.util.List;

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

    /** Bytes of all matrices in the form in which they are multiplied. */
    default long matrixBytes() {
        return weights().stream().mapToLong(PartWeights::packedBytes).sum();
    }

    /** Packs the matrices now rather than when they are first needed. */
    default void prepare() {
        weights().forEach(PartWeights::packed);
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
