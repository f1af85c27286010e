package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A matrix of 32-bit floats.
 *
 * @param memory the numbers, row after row
 */
record FloatMatrix(MemorySegment memory, int rows, int columns) implements VectorMatrix {
    private static final int STEP = 4 * Lanes.WIDTH;

    static FloatMatrix stored(TensorData matrix) {
        return new FloatMatrix(matrix.data(), Math.toIntExact(matrix.rows()), matrix.columns());
    }

    static FloatMatrix packed(TensorData matrix, Workers workers) {
        int columns = matrix.columns();
        MemorySegment numbers = PackedRows.of(
                matrix,
                (long) columns * Float.BYTES,
                (row, index, into, at) -> MemorySegment.copy(row, 0, into, ValueLayout.JAVA_FLOAT, at, columns),
                workers);
        return new FloatMatrix(numbers, Math.toIntExact(matrix.rows()), columns);
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        MemorySegment view = Lanes.view(memory);
        for (int row = firstRow; row < afterRow; row++) {
            y[at + row] = dot(view, (long) row * columns * Float.BYTES, x.numbers(), columns);
        }
    }

    /** Four sums at once: each waits for its own last addition only. */
    private static float dot(MemorySegment memory, long at, float[] x, int count) {
        FloatVector a = FloatVector.zero(Lanes.FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - STEP; i += STEP) {
            a = add(memory, at, x, i, a);
            b = add(memory, at, x, i + Lanes.WIDTH, b);
            c = add(memory, at, x, i + 2 * Lanes.WIDTH, c);
            d = add(memory, at, x, i + 3 * Lanes.WIDTH, d);
        }
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            a = add(memory, at, x, i, a);
        }
        float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += Lanes.floatAt(memory, at + (long) i * Float.BYTES) * x[i];
        }
        return sum;
    }

    private static FloatVector add(MemorySegment memory, long at, float[] x, int i, FloatVector sum) {
        return Lanes.floats(memory, at + (long) i * Float.BYTES).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), sum);
    }
}
