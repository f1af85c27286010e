package io.lectern.engine.vector;

import static io.lectern.engine.vector.Lanes.BYTES;
import static io.lectern.engine.vector.Lanes.FLOATS;
import static io.lectern.engine.vector.Lanes.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A matrix of ggml's Q4_K where it lies in its file; the layout is described in {@link io.lectern.engine.model.GgmlBlocks}.
 * The scales and offsets of its groups of 32, which lie there in packed bits, are unpacked once.
 *
 * @param memory the blocks, row after row
 * @param scales for each row those of its groups, then their offsets, in half precision
 */
record Q4KMatrix(MemorySegment memory, MemorySegment scales, int rows, int columns) implements VectorMatrix {
    private static final int BLOCK = 256;
    private static final int BLOCK_BYTES = 144;
    private static final int CODES = 16;
    private static final int GROUP = Activations.GROUP;
    private static final int GROUPS = BLOCK / GROUP;
    private static final int PAIRS = GROUPS / 2;

    private static final int NUMBERS_AT_A_TIME = 1 << 18;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    static Q4KMatrix of(TensorData matrix, Workers workers) {
        int rows = Math.toIntExact(matrix.rows());
        int columns = matrix.columns();
        int groups = columns / GROUP;
        MemorySegment scales = Arena.ofAuto().allocate(rows * scaleBytes(columns), Short.BYTES);
        int rowsAtATime = Math.max(1, NUMBERS_AT_A_TIME / columns);
        workers.forEach((rows + rowsAtATime - 1) / rowsAtATime, part -> {
            float[] ofRow = new float[groups];
            float[] offsets = new float[groups];
            int after = Math.min(rows, (part + 1) * rowsAtATime);
            for (int row = part * rowsAtATime; row < after; row++) {
                for (int block = 0; block < groups / GROUPS; block++) {
                    long at = ((long) row * groups / GROUPS + block) * BLOCK_BYTES;
                    unpackScales(matrix.data(), at, ofRow, offsets, block * GROUPS);
                }
                for (int group = 0; group < groups; group++) {
                    long at = (long) row * 2 * groups + group;
                    scales.setAtIndex(SHORT, at, Float.floatToFloat16(ofRow[group]));
                    scales.setAtIndex(SHORT, at + groups, Float.floatToFloat16(offsets[group]));
                }
            }
        });
        return new Q4KMatrix(matrix.data(), scales, rows, columns);
    }

    /** Bytes of the unpacked scales and offsets of a row. */
    static long scaleBytes(int columns) {
        return 2L * Short.BYTES * columns / GROUP;
    }

    @Override
    public long bytes() {
        return memory.byteSize() + scales.byteSize();
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        MemorySegment view = Lanes.view(memory);
        MemorySegment scalesView = Lanes.view(scales);
        int groups = columns / GROUP;
        int blocks = groups / GROUPS;
        float[] ofRow = new float[groups];
        for (int row = firstRow; row < afterRow; row++) {
            long scalesAt = row * scaleBytes(columns);
            CacheNumbers.readHalves(scalesView, scalesAt, ofRow, groups);
            y[at + row] = dot(view, (long) row * blocks * BLOCK_BYTES, x.numbers(), ofRow, blocks)
                    + ShortMatrix.halves(scalesView, scalesAt + (long) groups * Short.BYTES, x.sums(), groups);
        }
    }

    /** d, dmin in half precision, then 12 bytes that hold 8 scales and 8 minimums of 6 bits: scale = d · s, offset = −dmin · m. */
    private static void unpackScales(MemorySegment memory, long block, float[] scales, float[] offsets, int group) {
        float d = Float.float16ToFloat(memory.get(SHORT, block));
        float dmin = Float.float16ToFloat(memory.get(SHORT, block + 2));
        int a = memory.get(INT, block + 4);
        int b = memory.get(INT, block + 8);
        int c = memory.get(INT, block + 12);
        long s = (c & 0x0F0F0F0FL | (a >>> 6 & 0x03030303L) << 4) << 32 | a & 0x3F3F3F3FL;
        long m = (c >>> 4 & 0x0F0F0F0FL | (b >>> 6 & 0x03030303L) << 4) << 32 | b & 0x3F3F3F3FL;
        for (int i = 0; i < GROUPS; i++) {
            scales[group + i] = d * (s >>> 8 * i & 0xFF);
            offsets[group + i] = -(dmin * (m >>> 8 * i & 0xFF));
        }
    }

    /** Σ scale · Σ code · x; 32 bytes hold the codes of two groups, in their low and their high nibbles. */
    private static float dot(MemorySegment memory, long row, float[] x, float[] scales, int blocks) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int pair = 0; pair < blocks * GROUPS / 2; pair++) {
            long codes = row + (long) (pair / PAIRS) * BLOCK_BYTES + CODES + (long) (pair % PAIRS) * GROUP;
            int first = pair * 2 * GROUP;
            FloatVector low = FloatVector.zero(FLOATS);
            FloatVector high = low;
            for (int i = 0; i < GROUP; i += Lanes.WIDTH) {
                IntVector bytes = (IntVector) ByteVector.fromMemorySegment(BYTES, memory, codes + i, LITTLE_ENDIAN)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                low = ((FloatVector) bytes.and(15).convert(I2F, 0))
                        .fma(FloatVector.fromArray(FLOATS, x, first + i), low);
                high = ((FloatVector) bytes.lanewise(LSHR, 4).convert(I2F, 0))
                        .fma(FloatVector.fromArray(FLOATS, x, first + GROUP + i), high);
            }
            sum = low.fma(FloatVector.broadcast(FLOATS, scales[2 * pair]), sum);
            sum = high.fma(FloatVector.broadcast(FLOATS, scales[2 * pair + 1]), sum);
        }
        return sum.reduceLanes(ADD);
    }
}
