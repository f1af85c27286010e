package io.lectern.engine.vector;

import static io.lectern.engine.vector.Lanes.BYTES;
import static io.lectern.engine.vector.Lanes.FLOATS;
import static io.lectern.engine.vector.Lanes.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A matrix of ggml's Q6_K where it lies in its file; the layout is described in {@link io.lectern.engine.model.GgmlBlocks}.
 *
 * @param memory the blocks, row after row
 */
record Q6KMatrix(MemorySegment memory, int rows, int columns) implements VectorMatrix {
    private static final int BLOCK = 256;
    private static final int BLOCK_BYTES = 210;
    private static final int HIGH = 128;
    private static final int SCALES = 192;
    private static final int HALF_PRECISION_SCALE = 208;
    private static final int GROUP = 16;
    private static final int GROUPS = BLOCK / GROUP;
    /** Elements of each of the two halves of a block, and of the four quarters of a half. */
    private static final int HALF = 128;

    private static final int QUARTER = 32;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static Q6KMatrix of(TensorData matrix) {
        return new Q6KMatrix(matrix.data(), Math.toIntExact(matrix.rows()), matrix.columns());
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
        for (int row = firstRow; row < afterRow; row++) {
            long place = (long) row * blocks * BLOCK_BYTES;
            for (int block = 0; block < blocks; block++) {
                unpackScales(view, place + (long) block * BLOCK_BYTES, scales, block * GROUPS);
            }
            y[at + row] = dot(view, place, x.numbers(), scales, blocks);
        }
    }

    private static void unpackScales(MemorySegment memory, long block, float[] scales, int group) {
        float scale = Float.float16ToFloat(memory.get(SHORT, block + HALF_PRECISION_SCALE));
        for (int i = 0; i < GROUPS; i += Lanes.WIDTH) {
            Lanes.signedBytes(memory, block + SCALES + i).mul(scale).intoArray(scales, group + i);
        }
    }

    /**
     * Σ scale · code · x. A code is a nibble of four low bits and a pair of high bits, which are moved to bits 4 and 5, less
     * 32. Bytes of the first 32 low ones of a half hold the nibbles of its first and third quarter, of the last 32 those of
     * its second and fourth.
     */
    private static float dot(MemorySegment memory, long row, float[] x, float[] scales, int blocks) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int half = 0; half < 2 * blocks; half++) {
            long block = row + (long) (half / 2) * BLOCK_BYTES;
            long low = block + (long) (half % 2) * HALF / 2;
            long high = block + HIGH + (long) (half % 2) * QUARTER;
            for (int i = 0; i < QUARTER; i += Lanes.WIDTH) {
                int at = half * HALF + i;
                int scale = at / GROUP;
                IntVector a = (IntVector) ByteVector.fromMemorySegment(BYTES, memory, low + i, LITTLE_ENDIAN)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                IntVector b = (IntVector) ByteVector.fromMemorySegment(BYTES, memory, low + QUARTER + i, LITTLE_ENDIAN)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                IntVector pairs = (IntVector) ByteVector.fromMemorySegment(BYTES, memory, high + i, LITTLE_ENDIAN)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                IntVector code = a.and(15).or(pairs.lanewise(LSHL, 4).and(0x30)).sub(32);
                sum = ((FloatVector) code.convert(I2F, 0))
                        .mul(FloatVector.fromArray(FLOATS, x, at))
                        .fma(FloatVector.broadcast(FLOATS, scales[scale]), sum);
                code = b.and(15).or(pairs.lanewise(LSHL, 2).and(0x30)).sub(32);
                sum = ((FloatVector) code.convert(I2F, 0))
                        .mul(FloatVector.fromArray(FLOATS, x, at + QUARTER))
                        .fma(FloatVector.broadcast(FLOATS, scales[scale + QUARTER / GROUP]), sum);
                code = a.lanewise(LSHR, 4).or(pairs.and(0x30)).sub(32);
                sum = ((FloatVector) code.convert(I2F, 0))
                        .mul(FloatVector.fromArray(FLOATS, x, at + 2 * QUARTER))
                        .fma(FloatVector.broadcast(FLOATS, scales[scale + 2 * QUARTER / GROUP]), sum);
                code = b.lanewise(LSHR, 4).or(pairs.lanewise(LSHR, 2).and(0x30)).sub(32);
                sum = ((FloatVector) code.convert(I2F, 0))
                        .mul(FloatVector.fromArray(FLOATS, x, at + 3 * QUARTER))
                        .fma(FloatVector.broadcast(FLOATS, scales[scale + 3 * QUARTER / GROUP]), sum);
            }
        }
        return sum.reduceLanes(ADD);
    }
}
