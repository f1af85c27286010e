package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A matrix of 8-bit codes with one scale a row: value = scale · code.
 *
 * @param memory the codes, row after row
 * @param scales one a row
 */
record Int8Matrix(MemorySegment memory, float[] scales, int columns) implements VectorMatrix {
    private static final int STEP = 2 * Lanes.WIDTH;
    private static final float LARGEST_CODE = 127;

    /** Codes of the numbers of a matrix: the largest of a row is ±127. */
    static Int8Matrix packed(TensorData matrix, Workers workers) {
        int columns = matrix.columns();
        float[] scales = new float[Math.toIntExact(matrix.rows())];
        MemorySegment codes = PackedRows.of(
                matrix,
                columns,
                (numbers, row, into, at) -> {
                    scales[row] = scale(numbers);
                    float perScale = scales[row] == 0 ? 0 : 1 / scales[row];
                    for (int i = 0; i < columns; i++) {
                        into.set(ValueLayout.JAVA_BYTE, at + i, (byte) Math.round(numbers[i] * perScale));
                    }
                },
                workers);
        return new Int8Matrix(codes, scales, columns);
    }

    private static float scale(float[] numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest / LARGEST_CODE;
    }

    @Override
    public int rows() {
        return scales.length;
    }

    @Override
    public long bytes() {
        return memory.byteSize() + (long) scales.length * Float.BYTES;
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        MemorySegment view = Lanes.view(memory);
        for (int row = firstRow; row < afterRow; row++) {
            y[at + row] = scales[row] * dot(view, (long) row * columns, x.numbers(), columns);
        }
    }

    private static float dot(MemorySegment codes, long at, float[] x, int count) {
        FloatVector a = FloatVector.zero(Lanes.FLOATS);
        FloatVector b = a;
        int i = 0;
        for (; i <= count - STEP; i += STEP) {
            a = Lanes.signedBytes(codes, at + i).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), a);
            b = Lanes.signedBytes(codes, at + i + Lanes.WIDTH)
                    .fma(FloatVector.fromArray(Lanes.FLOATS, x, i + Lanes.WIDTH), b);
        }
        float sum = a.add(b).reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += codes.get(ValueLayout.JAVA_BYTE, at + i) * x[i];
        }
        return sum;
    }
}
