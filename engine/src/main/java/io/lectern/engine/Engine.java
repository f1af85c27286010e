package io.lectern.engine;

/** A loaded model that can read and write. Safe for use from many threads; contexts take turns on the hardware. */
public interface Engine extends AutoCloseable {

    /** What this engine is and what it can hold. */
    EngineInfo info();

    /** The model's tokenizer; for a server it may be an estimate, which {@link EngineInfo#exactTokens()} says. */
    Tokenizer tokenizer();

    /** An empty context. */
    Context newContext();

    /** Whether {@link Context#score} gives the model's own likelihoods; otherwise it asks, and knows only what is written. */
    default boolean givesLikelihoods() {
        return true;
    }

    /** Whether the model is known to think before it answers. */
    default boolean thinks() {
        return false;
    }

    /** Bytes of weights that are read to write one token; 0 if unknown. */
    default long weightBytesPerToken() {
        return 0;
    }

    /** Frees the weights. Contexts must be closed before. */
    @Override
    void close();
}
