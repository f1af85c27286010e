package io.lectern.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The block formats of ggml, read from memory-mapped bytes. Every quantised format is the same idea: a small signed code
 * for each element, and a scale and an offset for each group of consecutive elements; value = scale · code + offset.
 * Formats differ in how the bits are laid out, which is written down at each of the readers below (source: ggml-common.h
 * and ggml-quants.c of llama.cpp). All numbers are little-endian; d, m and dmin are IEEE half precision.
 */
public final class GgmlBlocks {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Elements decoded at a time: keeps the work within the first-level caches. A multiple of every block. */
    private static final int STRIP = 4096;

    private GgmlBlocks() {}

    /** Elements that share a scale and an offset: 16 for Q6_K, 32 for the others. */
    public static int groupElements(TensorType type) {
        requireQuantized(type);
        return type == TensorType.Q6_K ? 16 : 32;
    }

    /**
     * Reads elements as 32-bit numbers.
     *
     * @param data a tensor's bytes
     * @param first element, at the beginning of a block
     * @param into where the numbers go, from {@code at}
     * @param count of elements, whole blocks
     */
    public static void dequantize(TensorType type, MemorySegment data, long first, float[] into, int at, int count) {
        requireWholeBlocks(type, first, count);
        switch (type) {
            case F32 ->
                MemorySegment.copy(
                        data,
                        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                        first * Float.BYTES,
                        into,
                        at,
                        count);
            case F16, BF16 -> widen(type, data, first, into, at, count);
            default -> {
                int group = groupElements(type);
                int strip = Math.min(STRIP, count);
                byte[] codes = new byte[strip];
                float[] scales = new float[strip / group];
                float[] offsets = new float[strip / group];
                for (int done = 0; done < count; done += strip) {
                    int now = Math.min(strip, count - done);
                    unpack(type, data, first + done, now, codes, scales, offsets);
                    for (int g = 0; g < now / group; g++) {
                        float scale = scales[g];
                        float offset = offsets[g];
                        int from = g * group;
                        int to = at + done + from;
                        for (int i = 0; i < group; i++) {
                            into[to + i] = scale * codes[from + i] + offset;
                        }
                    }
                }
            }
        }
    }

    /**
     * Reads elements as codes, scales and offsets: element i is
     * {@code scales[i / groupElements] * codes[i] + offsets[i / groupElements]}.
     *
     * @param type a quantised one
     * @param first element, at the beginning of a block
     * @param count of elements, whole blocks
     * @param codes signed; −8…7 for Q4_0, 0…15 for Q4_1 and Q4_K, −16…15 for Q5_0, 0…31 for Q5_1 and Q5_K, −32…31 for
     *     Q6_K, −128…127 for Q8_0
     */
    public static void unpack(
            TensorType type, MemorySegment data, long first, int count, byte[] codes, float[] scales, float[] offsets) {
        requireQuantized(type);
        requireWholeBlocks(type, first, count);
        byte[] bytes = bytes(type, data, first, count);
        int blocks = count / type.blockElements();
        for (int block = 0; block < blocks; block++) {
            int at = block * type.blockBytes();
            int to = block * type.blockElements();
            int group = to / groupElements(type);
            switch (type) {
                case Q4_0 -> readQ4(bytes, at + 2, codes, to, 8);
                case Q4_1 -> readQ4(bytes, at + 4, codes, to, 0);
                case Q5_0 -> readQ5(bytes, at + 2, codes, to, 16);
                case Q5_1 -> readQ5(bytes, at + 4, codes, to, 0);
                case Q8_0 -> System.arraycopy(bytes, at + 2, codes, to, 32);
                case Q4_K -> readQ4K(bytes, at, codes, to);
                case Q5_K -> readQ5K(bytes, at, codes, to);
                case Q6_K -> readQ6K(bytes, at, codes, to, scales, group);
                case F32, F16, BF16, INT8, INT8_PACKED, INT4_PACKED -> throw new AssertionError(type);
            }
            switch (type) {
                case Q4_0, Q5_0, Q8_0 -> {
                    scales[group] = half(bytes, at);
                    offsets[group] = 0;
                }
                case Q4_1, Q5_1 -> {
                    scales[group] = half(bytes, at);
                    offsets[group] = half(bytes, at + 2);
                }
                case Q4_K, Q5_K -> readScalesAndMinimums(bytes, at, scales, offsets, group);
                default -> java.util.Arrays.fill(offsets, group, group + 16, 0);
            }
        }
    }

    /** 16 bytes: the low nibbles are the first 16 elements, the high nibbles the last 16. */
    private static void readQ4(byte[] bytes, int at, byte[] codes, int to, int zero) {
        for (int i = 0; i < 16; i++) {
            int pair = bytes[at + i];
            codes[to + i] = (byte) ((pair & 15) - zero);
            codes[to + 16 + i] = (byte) (((pair >> 4) & 15) - zero);
        }
    }

    /** 4 bytes whose bit i is the fifth bit of element i, then nibbles as in Q4. */
    private static void readQ5(byte[] bytes, int at, byte[] codes, int to, int zero) {
        int fifth = (int) INT.get(bytes, at);
        for (int i = 0; i < 16; i++) {
            int pair = bytes[at + 4 + i];
            codes[to + i] = (byte) (((pair & 15) | ((fifth >>> i) & 1) << 4) - zero);
            codes[to + 16 + i] = (byte) ((((pair >> 4) & 15) | ((fifth >>> (16 + i)) & 1) << 4) - zero);
        }
    }

    /** d, dmin, 12 bytes of scales, then for each 64 elements 32 bytes: low nibbles first, high nibbles after. */
    private static void readQ4K(byte[] bytes, int at, byte[] codes, int to) {
        for (int part = 0; part < 4; part++) {
            int from = at + 16 + 32 * part;
            int into = to + 64 * part;
            for (int i = 0; i < 32; i++) {
                int pair = bytes[from + i];
                codes[into + i] = (byte) (pair & 15);
                codes[into + 32 + i] = (byte) ((pair >> 4) & 15);
            }
        }
    }

    /** As Q4_K, with 32 bytes before the nibbles: bit g of byte i is the fifth bit of element i of group g. */
    private static void readQ5K(byte[] bytes, int at, byte[] codes, int to) {
        for (int part = 0; part < 4; part++) {
            int from = at + 48 + 32 * part;
            int into = to + 64 * part;
            for (int i = 0; i < 32; i++) {
                int pair = bytes[from + i];
                int fifth = bytes[at + 16 + i] >> (2 * part);
                codes[into + i] = (byte) ((pair & 15) | (fifth & 1) << 4);
                codes[into + 32 + i] = (byte) (((pair >> 4) & 15) | (fifth >> 1 & 1) << 4);
            }
        }
    }

    /**
     * For each of two halves of 128 elements: 64 bytes of low nibbles and 32 bytes of high bit pairs, element
     * 32·k + i of the half taking nibble k/2 of byte 32·(k mod 2) + i and bits 2k, 2k + 1 of high byte i. All low
     * bytes come first, then the high bytes, 16 signed scales of 8 bits, and d.
     */
    private static void readQ6K(byte[] bytes, int at, byte[] codes, int to, float[] scales, int group) {
        for (int half = 0; half < 2; half++) {
            int low = at + 64 * half;
            int high = at + 128 + 32 * half;
            int into = to + 128 * half;
            for (int i = 0; i < 32; i++) {
                int pairs = bytes[high + i];
                int first = bytes[low + i];
                int second = bytes[low + 32 + i];
                codes[into + i] = (byte) (((first & 15) | (pairs & 3) << 4) - 32);
                codes[into + 32 + i] = (byte) (((second & 15) | (pairs >> 2 & 3) << 4) - 32);
                codes[into + 64 + i] = (byte) (((first >> 4 & 15) | (pairs >> 4 & 3) << 4) - 32);
                codes[into + 96 + i] = (byte) (((second >> 4 & 15) | (pairs >> 6 & 3) << 4) - 32);
            }
        }
        float d = half(bytes, at + 208);
        for (int g = 0; g < 16; g++) {
            scales[group + g] = d * bytes[at + 192 + g];
        }
    }

    /**
     * The 12 bytes of Q4_K and Q5_K that hold a scale s and a minimum m of 6 bits for each of 8 groups: bytes 0–3 and 4–7
     * the low six bits of the first four s and m, whose upper two bits are the upper bits of the last four, of which
     * bytes 8–11 hold the low nibbles. scale = d·s, offset = −dmin·m.
     */
    private static void readScalesAndMinimums(byte[] bytes, int at, float[] scales, float[] offsets, int group) {
        float d = half(bytes, at);
        float dmin = half(bytes, at + 2);
        int packed = at + 4;
        for (int g = 0; g < 4; g++) {
            int s = bytes[packed + g] & 0xFF;
            int m = bytes[packed + 4 + g] & 0xFF;
            int nibbles = bytes[packed + 8 + g] & 0xFF;
            scales[group + g] = d * (s & 63);
            offsets[group + g] = -(dmin * (m & 63));
            scales[group + 4 + g] = d * (nibbles & 15 | s >> 6 << 4);
            offsets[group + 4 + g] = -(dmin * (nibbles >> 4 | m >> 6 << 4));
        }
    }

    private static void widen(TensorType type, MemorySegment data, long first, float[] into, int at, int count) {
        for (int done = 0; done < count; done += STRIP) {
            int now = Math.min(STRIP, count - done);
            byte[] bytes = bytes(type, data, first + done, now);
            if (type == TensorType.F16) {
                for (int i = 0; i < now; i++) {
                    into[at + done + i] = half(bytes, 2 * i);
                }
            } else {
                for (int i = 0; i < now; i++) {
                    into[at + done + i] = Float.intBitsToFloat((short) SHORT.get(bytes, 2 * i) << 16);
                }
            }
        }
    }

    private static float half(byte[] bytes, int at) {
        return Float.float16ToFloat((short) SHORT.get(bytes, at));
    }

    private static byte[] bytes(TensorType type, MemorySegment data, long first, int count) {
        byte[] bytes = new byte[Math.toIntExact(type.bytes(count))];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, type.bytes(first), bytes, 0, bytes.length);
        return bytes;
    }

    private static void requireQuantized(TensorType type) {
        if (!type.isQuantized() || type.hasScalesApart()) {
            throw new IllegalArgumentException(type + " has no blocks of codes and scales");
        }
    }

    private static void requireWholeBlocks(TensorType type, long first, int count) {
        if (first % type.blockElements() != 0 || count % type.blockElements() != 0) {
            throw new IllegalArgumentException(
                    "elements " + first + " to " + (first + count) + " are not whole blocks of " + type);
        }
    }
}
