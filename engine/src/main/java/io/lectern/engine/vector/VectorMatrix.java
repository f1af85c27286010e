package io.lectern.engine.vector;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;

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

    /** How a matrix is multiplied: where it lies, or packed. */
    enum Form {
        STORED,
        FLOATS,
        BFLOAT16S,
        INT8_ROWS,
        INT4_GROUPS;

        /** The form that a precision asks for; a matrix that has it already is used where it lies. */
        static Form of(TensorData matrix, WeightPrecision precision) {
            TensorType type = matrix.type();
            return switch (precision) {
                case F32 -> type == TensorType.F32 ? STORED : FLOATS;
                case BF16 -> type == TensorType.BF16 ? STORED : BFLOAT16S;
                case INT8 -> INT8_ROWS;
                case INT4 -> INT4_GROUPS;
                case AS_STORED ->
                    switch (type) {
                        case F32, F16, BF16 -> STORED;
                        case Q4_0, Q4_1, Q4_K, INT4_PACKED -> INT4_GROUPS;
                        case Q5_0, Q5_1, Q8_0, Q5_K, Q6_K, INT8, INT8_PACKED -> INT8_ROWS;
                    };
            };
        }
    }

    /** A matrix for products of some precision; packed, where it must be, by all workers. */
    static VectorMatrix of(TensorData matrix, WeightPrecision precision, Workers workers) {
        return switch (Form.of(matrix, precision)) {
            case STORED -> stored(matrix);
            case FLOATS -> FloatMatrix.packed(matrix, workers);
            case BFLOAT16S -> ShortMatrix.packed(matrix, workers);
            case INT8_ROWS -> Int8Matrix.packed(matrix, workers);
            case INT4_GROUPS -> Int4Matrix.packed(matrix, workers);
        };
    }

    private static VectorMatrix stored(TensorData matrix) {
        return switch (matrix.type()) {
            case F32 -> FloatMatrix.stored(matrix);
            case F16, BF16 -> ShortMatrix.stored(matrix);
            default -> throw new IllegalArgumentException(matrix.type() + " is not multiplied as it lies");
        };
    }

    /** Bytes that {@link #of} would take for a matrix beside the file it lies in. */
    static long copiedBytes(TensorData matrix, WeightPrecision precision) {
        return switch (Form.of(matrix, precision)) {
            case STORED -> 0;
            case FLOATS -> matrix.elements() * Float.BYTES;
            case BFLOAT16S -> matrix.elements() * Short.BYTES;
            case INT8_ROWS -> matrix.elements() + matrix.rows() * Float.BYTES;
            case INT4_GROUPS -> matrix.rows() * Int4Matrix.rowBytes(matrix.columns());
        };
    }
}
