package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A matrix of 16-bit floats of either kind.
 *
 * @param memory the numbers, row after row
 * @param half whether they are of IEEE half precision rather than bfloat16
 */
record ShortMatrix(MemorySegment memory, int rows, int columns, boolean half) implements VectorMatrix {
    private static final int STEP = 2 * Lanes.WIDTH;

    static ShortMatrix stored(TensorData matrix) {
        return new ShortMatrix(
                matrix.data(), Math.toIntExact(matrix.rows()), matrix.columns(), matrix.type() == TensorType.F16);
    }

    /** A matrix of bfloat16 of the numbers of any other, rounded. */
    static ShortMatrix packed(TensorData matrix, Workers workers) {
        int columns = matrix.columns();
        MemorySegment numbers = PackedRows.of(
                matrix,
                (long) columns * Short.BYTES,
                (row, index, into, at) -> {
                    for (int i = 0; i < columns; i++) {
                        into.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + (long) i * Short.BYTES, round(row[i]));
                    }
                },
                workers);
        return new ShortMatrix(numbers, Math.toIntExact(matrix.rows()), columns, false);
    }

    /** The nearest bfloat16, ties to even; not for NaN. */
    static short round(float number) {
        int bits = Float.floatToRawIntBits(number);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        MemorySegment view = Lanes.view(memory);
        for (int row = firstRow; row < afterRow; row++) {
            long place = (long) row * columns * Short.BYTES;
            y[at + row] =
                    half ? halves(view, place, x.numbers(), columns) : bfloat16s(view, place, x.numbers(), columns);
        }
    }

    private static float bfloat16s(MemorySegment memory, long at, float[] x, int count) {
        FloatVector a = FloatVector.zero(Lanes.FLOATS);
        FloatVector b = a;
        int i = 0;
        for (; i <= count - STEP; i += STEP) {
            a = Lanes.bfloat16s(memory, at + 2L * i).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), a);
            b = Lanes.bfloat16s(memory, at + 2L * (i + Lanes.WIDTH))
                    .fma(FloatVector.fromArray(Lanes.FLOATS, x, i + Lanes.WIDTH), b);
        }
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            a = Lanes.bfloat16s(memory, at + 2L * i).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), a);
        }
        float sum = a.add(b).reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += Float.intBitsToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2L * i) << 16) * x[i];
        }
        return sum;
    }

    static float halves(MemorySegment memory, long at, float[] x, int count) {
        FloatVector a = FloatVector.zero(Lanes.FLOATS);
        FloatVector b = a;
        int i = 0;
        for (; i <= count - STEP; i += STEP) {
            a = Lanes.halves(memory, at + 2L * i).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), a);
            b = Lanes.halves(memory, at + 2L * (i + Lanes.WIDTH))
                    .fma(FloatVector.fromArray(Lanes.FLOATS, x, i + Lanes.WIDTH), b);
        }
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            a = Lanes.halves(memory, at + 2L * i).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), a);
        }
        float sum = a.add(b).reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2L * i)) * x[i];
        }
        return sum;
    }
}
