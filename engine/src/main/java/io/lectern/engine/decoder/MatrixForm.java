package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;

/** The forms in which matrices are multiplied. */
enum MatrixForm {
    F32,
    BF16,
    /** 8-bit codes with one scale a row, in bf16. */
    INT8,
    /** 4-bit codes in groups of 32 inputs, each with a scale and a zero in bf16. */
    INT4;

    /** Inputs of a 4-bit group. */
    static final int GROUP = 32;

    /** The 4-bit product works on so many outputs at a time. */
    private static final int INT4_ROWS = 16;

    /**
     * The form of a matrix. As it is stored means: formats of 4 bits keep their own codes, scales and offsets; floating-point
     * numbers stay what they are, or become bf16 if they are f16; all other formats become 8-bit codes with one scale a row,
     * the finest for which libtorch has a product.
     */
    static MatrixForm of(TensorData matrix, WeightPrecision precision) {
        return switch (precision) {
            case F32 -> F32;
            case BF16 -> BF16;
            case INT8 -> INT8;
            case INT4 -> int4(matrix);
            case AS_STORED ->
                switch (matrix.type()) {
                    case F32 -> F32;
                    case F16, BF16 -> BF16;
                    case Q4_0, Q4_1, Q4_K, INT4_PACKED -> int4(matrix);
                    case Q5_0, Q5_1, Q8_0, Q5_K, Q6_K, INT8, INT8_PACKED -> INT8;
                };
        };
    }

    /** 4 bits where the size of the matrix allows that. */
    private static MatrixForm int4(TensorData matrix) {
        return matrix.rows() % INT4_ROWS == 0 && matrix.columns() % GROUP == 0 ? INT4 : INT8;
    }

    /** Whether a product for many tokens is faster with the matrix widened to bf16 first. */
    boolean isWidenedForMany() {
        return this == INT8 || this == INT4;
    }

    /** Bytes that one product reads. */
    long bytes(TensorData matrix) {
        return switch (this) {
            case F32 -> matrix.elements() * Float.BYTES;
            case BF16 -> matrix.elements() * Short.BYTES;
            case INT8 -> matrix.elements() + matrix.rows() * Short.BYTES;
            case INT4 -> matrix.elements() / 2 + matrix.elements() / GROUP * 2 * Short.BYTES;
        };
    }

    /** Whether the kernels can use the matrix where it lies in its file. */
    boolean isMapped(TensorData matrix) {
        return switch (this) {
            case F32, BF16 ->
                matrix.type().name().equals(name())
                        && matrix.offset() % matrix.type().blockBytes() == 0;
            case INT8, INT4 -> false;
        };
    }

    /**
     * Whether matrices with the same inputs can be joined: packed codes lie in blocks of 64 outputs, which may not be broken.
     *
     * @param rows outputs of the first
     */
    boolean joins(long rows, MatrixForm next) {
        return isWidenedForMany() && this == next && rows % 64 == 0;
    }
}
