package io.lectern.engine.decoder;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The upper half of a 32-bit float: its exponent and 8 significant bits. */
final class Bfloat16 {
    private Bfloat16() {}

    /** The nearest, ties to even; not for NaN. */
    static short round(float number) {
        int bits = Float.floatToRawIntBits(number);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    static float widen(short number) {
        return Float.intBitsToFloat(number << 16);
    }

    /** Writes rows of a tensor, rounded, to where they belong in a matrix that begins at element {@code first}. */
    static void writeRows(TensorData tensor, int firstRow, int afterRow, MemorySegment into, long first) {
        int columns = tensor.columns();
        short[] rounded = new short[columns];
        for (int row = firstRow; row < afterRow; row++) {
            float[] numbers = tensor.readRows(row, 1);
            for (int i = 0; i < columns; i++) {
                rounded[i] = round(numbers[i]);
            }
            long at = first + (long) row * columns;
            MemorySegment.copy(rounded, 0, into, ValueLayout.JAVA_SHORT, at * Short.BYTES, columns);
        }
    }
}
