package io.lectern.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The code formats of compressed-tensors, whose scales lie in a tensor of their own; see {@link TensorType}. */
final class PackedCodes {
    private PackedCodes() {}

    /** Reads rows as 32-bit numbers: value = scale · code. */
    static void dequantize(TensorData matrix, long firstRow, int rows, float[] into) {
        int columns = matrix.columns();
        int group = matrix.groupElements();
        byte[] codes = new byte[columns];
        float[] scales = new float[columns / group];
        float[] offsets = new float[scales.length];
        for (int row = 0; row < rows; row++) {
            matrix.readCodes(firstRow + row, group, codes, scales, offsets);
            for (int i = 0; i < columns; i++) {
                into[row * columns + i] = scales[i / group] * codes[i];
            }
        }
    }

    /** Fills in the codes from this element on, which begins an integer. */
    static void unpack(TensorType type, MemorySegment data, long first, byte[] codes) {
        switch (type) {
            case INT8 -> MemorySegment.copy(data, ValueLayout.JAVA_BYTE, first, codes, 0, codes.length);
            case INT8_PACKED -> {
                MemorySegment.copy(data, ValueLayout.JAVA_BYTE, first, codes, 0, codes.length);
                for (int i = 0; i < codes.length; i++) {
                    codes[i] ^= (byte) 0x80; // minus 128
                }
            }
            case INT4_PACKED -> {
                // Little-endian: the lowest four bits of an integer are those of its first byte.
                byte[] pairs = new byte[codes.length / 2];
                MemorySegment.copy(data, ValueLayout.JAVA_BYTE, first / 2, pairs, 0, pairs.length);
                for (int i = 0; i < pairs.length; i++) {
                    codes[2 * i] = (byte) ((pairs[i] & 15) - 8);
                    codes[2 * i + 1] = (byte) ((pairs[i] >> 4 & 15) - 8);
                }
            }
            default -> throw new IllegalArgumentException(type + " has its scales within");
        }
    }
}
