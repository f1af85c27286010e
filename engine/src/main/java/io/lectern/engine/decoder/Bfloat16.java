package io.lectern.engine.decoder;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The upper half of a 32-bit float: its exponent and 8 significant bits. */
final class Bfloat16 {
    /** Numbers that are rounded at a time: they stay within the caches of a processor. */
    private static final int CACHED_ELEMENTS = 1 << 14;

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
        int rowsAtATime = Math.max(1, CACHED_ELEMENTS / columns);
        short[] rounded = new short[rowsAtATime * columns];
        for (int row = firstRow; row < afterRow; row += rowsAtATime) {
            int rows = Math.min(rowsAtATime, afterRow - row);
            float[] numbers = tensor.readRows(row, rows);
            for (int i = 0; i < numbers.length; i++) {
                rounded[i] = round(numbers[i]);
            }
            long at = first + (long) row * columns;
            MemorySegment.copy(rounded, 0, into, ValueLayout.JAVA_SHORT, at * Short.BYTES, numbers.length);
        }
    }
}
