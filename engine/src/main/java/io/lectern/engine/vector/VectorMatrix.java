package io.lectern.engine.vector;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;

/**
 * A matrix {rows, columns} that vectors are multiplied with. Sums are in 32 bits in every form. Immutable, and safe for
 * use from many threads; the memory it was made over must stay as long as it is used.
 */
public sealed interface VectorMatrix permits FloatMatrix, ShortMatrix, Int8Matrix, Int4Matrix {

    /** Outputs. */
    int rows();

    /** Inputs. */
    int columns();

    /** Bytes that a product reads. */
    long bytes();

    /**
     * Some of the outputs: y[at + row] = Σ W[row, column] · x[column].
     *
     * @param x of {@link #columns} numbers, ready
     * @param y where all outputs have room from {@code at}
     * @param firstRow first output that is computed
     * @param afterRow the one after the last
     */
    void multiply(Activations x, float[] y, int at, int firstRow, int afterRow);

    /**
     * A matrix in some form. Numbers that are stored in that form already are used where they lie; otherwise they are
     * packed, by all workers.
     */
    static VectorMatrix of(TensorData matrix, WeightPrecision precision, Workers workers) {
        return switch (precision) {
            case F32 -> FloatMatrix.of(matrix, workers);
            case BF16 -> ShortMatrix.bfloat16(matrix, workers);
            case INT8 -> Int8Matrix.of(matrix, workers);
            case INT4 -> Int4Matrix.of(matrix, workers);
            case AS_STORED ->
                switch (matrix.type()) {
                    case F32 -> FloatMatrix.of(matrix, workers);
                    case BF16, F16 -> ShortMatrix.stored(matrix);
                    case Q4_0, Q4_1, Q4_K, INT4_PACKED -> Int4Matrix.of(matrix, workers);
                    case Q5_0, Q5_1, Q8_0, Q5_K, Q6_K, INT8, INT8_PACKED -> Int8Matrix.of(matrix, workers);
                };
        };
    }
}
