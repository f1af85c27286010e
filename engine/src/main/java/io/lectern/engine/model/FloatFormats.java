package io.lectern.engine.model;

import java.nio.ByteBuffer;

/** Writes floating-point numbers in the formats of checkpoints. */
final class FloatFormats {
    private FloatFormats() {}

    /** Puts a finite number into little-endian bytes, rounded to nearest, ties to even. */
    static void put(float number, TensorType type, ByteBuffer bytes) {
        switch (type) {
            case F32 -> bytes.putFloat(number);
            case F16 -> bytes.putShort(Float.floatToFloat16(number));
            case BF16 -> {
                int bits = Float.floatToRawIntBits(number);
                bytes.putShort((short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16));
            }
            default -> throw new IllegalArgumentException(type + " is not a floating-point format");
        }
    }

    /** The smallest number of a format that is not smaller than a positive one. */
    static float atLeast(float number, TensorType type) {
        return switch (type) {
            case F32 -> number;
            case F16 -> {
                short half = Float.floatToFloat16(number);
                yield Float.float16ToFloat(Float.float16ToFloat(half) < number ? (short) (half + 1) : half);
            }
            case BF16 -> Float.intBitsToFloat(Float.floatToRawIntBits(number) + 0xFFFF & 0xFFFF0000);
            default -> throw new IllegalArgumentException(type + " is not a floating-point format");
        };
    }
}
