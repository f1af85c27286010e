package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** 32-bit floats, row after row. */
final class FloatMatrix implements VectorMatrix {
    private static final int STEP = 4 * Lanes.WIDTH;

    private final MemorySegment owner;
    private final MemorySegment memory;
    private final int rows;
    private final int columns;

    private FloatMatrix(MemorySegment memory, int rows, int columns) {
        this.owner = memory;
        this.memory = Lanes.view(memory);
        this.rows = rows;
        this.columns = columns;
    }

    static FloatMatrix of(TensorData matrix, Workers workers) {
        int rows = Math.toIntExact(matrix.rows());
        int columns = matrix.columns();
        if (matrix.type() == TensorType.F32) {
            return new FloatMatrix(matrix.data(), rows, columns);
        }
        MemorySegment numbers = PackedRows.of(
                matrix,
                (long) columns * Float.BYTES,
                (row, index, into, at) -> MemorySegment.copy(row, 0, into, ValueLayout.JAVA_FLOAT, at, columns),
                workers);
        return new FloatMatrix(numbers, rows, columns);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public long bytes() {
        return owner.byteSize();
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        for (int row = firstRow; row < afterRow; row++) {
            y[at + row] = dot(memory, (long) row * columns * Float.BYTES, x.numbers(), columns);
        }
    }

    /** Four sums at once: each waits for its own last addition only. */
    static float dot(MemorySegment memory, long at, float[] x, int count) {
        FloatVector a = FloatVector.zero(Lanes.FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - STEP; i += STEP) {
            a = product(memory, at, x, i, a);
            b = product(memory, at, x, i + Lanes.WIDTH, b);
            c = product(memory, at, x, i + 2 * Lanes.WIDTH, c);
            d = product(memory, at, x, i + 3 * Lanes.WIDTH, d);
        }
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            a = product(memory, at, x, i, a);
        }
        float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + (long) i * Float.BYTES) * x[i];
        }
        return sum;
    }

    private static FloatVector product(MemorySegment memory, long at, float[] x, int i, FloatVector sum) {
        return Lanes.floats(memory, at + (long) i * Float.BYTES).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), sum);
    }
}
