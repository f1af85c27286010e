package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A matrix of ggml's Q4_K where it lies in its file; the layout is described in {@link io.lectern.engine.model.GgmlBlocks}.
 * Each row is passed twice: first the scales and offsets of its groups of 32 are unpacked, then its codes are multiplied.
 *
 * @param memory the blocks, row after row
 */
record Q4KMatrix(MemorySegment memory, int rows, int columns) implements VectorMatrix {
    static final int BLOCK = 256;
    private static final int BLOCK_BYTES = 144;
    private static final int CODES = 16;
    private static final int GROUP = Activations.GROUP;
    private static final int GROUPS = BLOCK / GROUP;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static Q4KMatrix of(TensorData matrix) {
        return new Q4KMatrix(matrix.data(), Math.toIntExact(matrix.rows()), matrix.columns());
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        MemorySegment view = Lanes.view(memory);
        int blocks = columns / BLOCK;
        float[] scales = new float[blocks * GROUPS];
        float[] offsets = new float[blocks * GROUPS];
        byte[] unpacked = new byte[2 * GROUPS];
        for (int row = firstRow; row < afterRow; row++) {
            long place = (long) row * blocks * BLOCK_BYTES;
            for (int block = 0; block < blocks; block++) {
                unpackScales(view, place + (long) block * BLOCK_BYTES, unpacked, scales, offsets, block * GROUPS);
            }
            y[at + row] = dot(view, place, x.numbers(), scales, blocks)
                    + VectorFunctions.dot(offsets, 0, x.sums(), 0, offsets.length);
        }
    }

    /** Bytes 4 to 15 of a block hold 8 scales and 8 minimums of 6 bits. */
    private static void unpackScales(
            MemorySegment memory, long block, byte[] unpacked, float[] scales, float[] offsets, int group) {
        int halves = memory.get(INT, block);
        int a = memory.get(INT, block + 4);
        int b = memory.get(INT, block + 8);
        int c = memory.get(INT, block + 12);
        int scalesLow = a & 0x3F3F3F3F;
        int minimumsLow = b & 0x3F3F3F3F;
        int scalesHigh = c & 0x0F0F0F0F | (a >>> 6 & 0x03030303) << 4;
        int minimumsHigh = c >>> 4 & 0x0F0F0F0F | (b >>> 6 & 0x03030303) << 4;
        LONG.set(unpacked, 0, (long) scalesHigh << 32 | scalesLow);
        LONG.set(unpacked, GROUPS, (long) minimumsHigh << 32 | minimumsLow);
        eightBytes(unpacked, 0).mul(Float.float16ToFloat((short) halves)).intoArray(scales, group);
        eightBytes(unpacked, GROUPS)
                .mul(-Float.float16ToFloat((short) (halves >>> 16)))
                .intoArray(offsets, group);
    }

    /** Signed bytes as floats. */
    static FloatVector eightBytes(byte[] bytes, int at) {
        return (FloatVector) ByteVector.fromArray(ByteVector.SPECIES_64, bytes, at)
                .convertShape(VectorOperators.B2F, FloatVector.SPECIES_256, 0);
    }

    /** Σ scale · Σ code · x; 32 bytes hold the codes of two groups, in their low and their high nibbles. */
    private static float dot(MemorySegment memory, long row, float[] x, float[] scales, int blocks) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        for (int block = 0; block < blocks; block++) {
            long codes = row + (long) block * BLOCK_BYTES + CODES;
            for (int group = 0; group < GROUPS; group += 2) {
                int first = block * BLOCK + group * GROUP;
                FloatVector low = FloatVector.zero(Lanes.FLOATS);
                FloatVector high = low;
                for (int i = 0; i < GROUP; i += Lanes.WIDTH) {
                    IntVector pairs = Lanes.unsignedBytes(memory, codes + (long) group * CODES + i);
                    low = Lanes.toFloats(pairs.and(15)).fma(FloatVector.fromArray(Lanes.FLOATS, x, first + i), low);
                    high = Lanes.toFloats(pairs.lanewise(VectorOperators.LSHR, 4))
                            .fma(FloatVector.fromArray(Lanes.FLOATS, x, first + GROUP + i), high);
                }
                sum = low.fma(FloatVector.broadcast(Lanes.FLOATS, scales[block * GROUPS + group]), sum);
                sum = high.fma(FloatVector.broadcast(Lanes.FLOATS, scales[block * GROUPS + group + 1]), sum);
            }
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
