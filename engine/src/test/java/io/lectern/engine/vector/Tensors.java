package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;

/** Tensors in memory, for tests. */
final class Tensors {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Tensors() {}

    /** Numbers between −1 and 1 in a floating-point form. */
    static TensorData random(Random random, TensorType type, long... shape) {
        long elements = 1;
        for (long dimension : shape) {
            elements *= dimension;
        }
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, type.bytes(elements)), 64);
        for (long i = 0; i < elements; i++) {
            float number = random.nextFloat() * 2 - 1;
            switch (type) {
                case F32 -> data.set(FLOAT, 4 * i, number);
                case F16 -> data.set(SHORT, 2 * i, Float.floatToFloat16(number));
                case BF16 -> data.set(SHORT, 2 * i, (short) (Float.floatToRawIntBits(number) >>> 16));
                default -> throw new IllegalArgumentException(type.toString());
            }
        }
        return of("random", type, data, shape);
    }

    static TensorData of(String name, TensorType type, MemorySegment data, long... shape) {
        return new TensorData(name, shape, type, data, Path.of("none"), 0);
    }

    static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() * 2 - 1;
        }
        return numbers;
    }
}
