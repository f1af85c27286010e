package io.lectern.engine.vector;

import io.lectern.engine.CacheType;
import io.lectern.engine.vector.LayerMemory.Block;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Keys or values of one head in a block, read as 32-bit floats and written from them, whatever form they are kept in. */
final class CacheNumbers {
    static final int KEYS = 0;
    static final int VALUES = 1;
    private static final float LARGEST_CODE = 127;

    private final CacheType type;
    private final MemorySegment numbers;
    private final MemorySegment scales;
    /** The first vector of this head, counted from the block's first. */
    private final long first;

    private final int dimension;

    /**
     * Of one head.
     *
     * @param which {@link #KEYS} or {@link #VALUES}
     */
    CacheNumbers(CacheType type, Block block, int which, int heads, int head, int dimension) {
        this.type = type;
        numbers = Lanes.view(block.numbers());
        scales = type == CacheType.INT8 ? Lanes.view(block.scales()) : MemorySegment.NULL;
        first = ((long) which * heads + head) * block.capacity();
        this.dimension = dimension;
    }

    /** Reads the vectors of consecutive tokens, one behind the other. */
    void read(int token, int tokens, float[] into) {
        long at = (first + token) * dimension;
        int count = tokens * dimension;
        switch (type) {
            case F32 -> MemorySegment.copy(numbers, ValueLayout.JAVA_FLOAT, at * Float.BYTES, into, 0, count);
            case F16 -> readHalves(numbers, at * Short.BYTES, into, count);
            case BF16 -> readBfloat16s(numbers, at * Short.BYTES, into, count);
            case INT8 -> {
                readBytes(numbers, at, into, count);
                for (int i = 0; i < tokens; i++) {
                    float scale = scales.getAtIndex(ValueLayout.JAVA_FLOAT, first + token + i);
                    VectorFunctions.scale(scale, into, i * dimension, dimension);
                }
            }
        }
    }

    static void readHalves(MemorySegment memory, long at, float[] into, int count) {
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            Lanes.halves(memory, at + 2L * i).intoArray(into, i);
        }
        for (; i < count; i++) {
            into[i] = Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2L * i));
        }
    }

    private static void readBfloat16s(MemorySegment memory, long at, float[] into, int count) {
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            Lanes.bfloat16s(memory, at + 2L * i).intoArray(into, i);
        }
        for (; i < count; i++) {
            into[i] = Float.intBitsToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2L * i) << 16);
        }
    }

    private static void readBytes(MemorySegment memory, long at, float[] into, int count) {
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            Lanes.signedBytes(memory, at + i).intoArray(into, i);
        }
        for (; i < count; i++) {
            into[i] = memory.get(ValueLayout.JAVA_BYTE, at + i);
        }
    }

    /** Writes the vector of a token, which begins at {@code from}. */
    void write(int token, float[] vector, int from) {
        long at = (first + token) * dimension;
        switch (type) {
            case F32 -> MemorySegment.copy(vector, from, numbers, ValueLayout.JAVA_FLOAT, at * Float.BYTES, dimension);
            case F16 -> {
                for (int i = 0; i < dimension; i++) {
                    numbers.setAtIndex(ValueLayout.JAVA_SHORT, at + i, Float.floatToFloat16(vector[from + i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < dimension; i++) {
                    numbers.setAtIndex(ValueLayout.JAVA_SHORT, at + i, ShortMatrix.round(vector[from + i]));
                }
            }
            case INT8 -> {
                float largest = 0;
                for (int i = 0; i < dimension; i++) {
                    largest = Math.max(largest, Math.abs(vector[from + i]));
                }
                float scale = largest / LARGEST_CODE;
                float perScale = scale == 0 ? 0 : 1 / scale;
                scales.setAtIndex(ValueLayout.JAVA_FLOAT, first + token, scale);
                for (int i = 0; i < dimension; i++) {
                    numbers.set(ValueLayout.JAVA_BYTE, at + i, (byte) Math.round(vector[from + i] * perScale));
                }
            }
        }
    }
}
