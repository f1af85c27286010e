package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

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

    private static float dot(MemorySegment memory, long row, float[] x, float[] scales, int blocks) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        for (int block = 0; block < blocks; block++) {
            long low = row + (long) block * BLOCK_BYTES;
            long high = low + HIGH;
            int first = block * BLOCK;
            int group = block * GROUPS;
            for (int half = 0; half < 2; half++) {
                for (int i = 0; i < QUARTER; i += Lanes.WIDTH) {
                    int element = first + half * HALF + i;
                    int scale = group + (half * HALF + i) / GROUP;
                    IntVector lowest = Lanes.unsignedBytes(memory, low + half * HALF / 2 + i);
                    IntVector pairs = Lanes.unsignedBytes(memory, high + half * QUARTER + i);
                    sum = add(lowest.and(15), pairs.lanewise(VectorOperators.LSHL, 4), x, element, scales[scale], sum);
                    sum = add(
                            lowest.lanewise(VectorOperators.LSHR, 4),
                            pairs,
                            x,
                            element + 2 * QUARTER,
                            scales[scale + 2 * QUARTER / GROUP],
                            sum);
                    lowest = Lanes.unsignedBytes(memory, low + half * HALF / 2 + QUARTER + i);
                    sum = add(
                            lowest.and(15),
                            pairs.lanewise(VectorOperators.LSHL, 2),
                            x,
                            element + QUARTER,
                            scales[scale + QUARTER / GROUP],
                            sum);
                    sum = add(
                            lowest.lanewise(VectorOperators.LSHR, 4),
                            pairs.lanewise(VectorOperators.LSHR, 2),
                            x,
                            element + 3 * QUARTER,
                            scales[scale + 3 * QUARTER / GROUP],
                            sum);
                }
            }
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** Codes are four low bits, and two high bits that stand at bits 4 and 5 among others; they are 32 too large. */
    private static FloatVector add(IntVector low, IntVector high, float[] x, int at, float scale, FloatVector sum) {
        return Lanes.toFloats(low.or(high.and(0x30)).sub(32))
                .mul(FloatVector.fromArray(Lanes.FLOATS, x, at))
                .fma(FloatVector.broadcast(Lanes.FLOATS, scale), sum);
    }
}
