package io.lectern.engine;

/** In what form a model's matrices are multiplied. Sums, norms, routers and states are in 32 bits always. */
public enum WeightPrecision {
    /** As the checkpoint stores them: nothing is lost that is there. */
    AS_STORED,
    /** 32-bit floats and products in 32 bits. */
    F32,
    /** bfloat16 and products of bfloat16. */
    BF16,
    /** 8-bit codes with one scale a row. */
    INT8,
    /** 4-bit codes in groups of 32. */
    INT4
}
