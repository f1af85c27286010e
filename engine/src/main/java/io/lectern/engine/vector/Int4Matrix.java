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
import io.lectern.engine.model.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * 4-bit codes in groups of 32 inputs: value = scale · code + offset. A row holds its groups' codes, 16 bytes each, whose
 * low nibbles are the first 16 codes and whose high nibbles the last 16; then the groups' scales, then their offsets, in
 * half precision. A group adds scale · Σ code · x + offset · Σ x to a product.
 *
 * @param memory the rows
 */
record Int4Matrix(MemorySegment memory, int rows, int columns) implements VectorMatrix {
    private static final int GROUP = Activations.GROUP;
    private static final int CODE_BYTES = GROUP / 2;
    private static final int GROUP_BYTES = CODE_BYTES + 2 * Short.BYTES;
    private static final int LARGEST_CODE = 15;

    static long rowBytes(int columns) {
        return (long) groups(columns) * GROUP_BYTES;
    }

    private static int groups(int columns) {
        return (columns + GROUP - 1) / GROUP;
    }

    /** A matrix of 4 bits with its own codes, or codes of the numbers of any other: a group's least is 0, its largest 15. */
    static Int4Matrix packed(TensorData matrix, Workers workers) {
        int columns = matrix.columns();
        int groups = groups(columns);
        boolean ownCodes = switch (matrix.type()) {
            case Q4_0, Q4_1, Q4_K -> true;
            case INT4_PACKED -> matrix.groupElements() % GROUP == 0;
            default -> false;
        };
        MemorySegment rows = PackedRows.of(
                matrix,
                rowBytes(columns),
                (numbers, row, into, at) -> {
                    if (ownCodes) {
                        writeOwnCodes(matrix, row, groups, into, at);
                    } else {
                        writeCodes(numbers, groups, into, at);
                    }
                },
                workers);
        return new Int4Matrix(rows, Math.toIntExact(matrix.rows()), columns);
    }

    private static void writeOwnCodes(TensorData matrix, int row, int groups, MemorySegment into, long at) {
        byte[] codes = new byte[groups * GROUP];
        float[] scales = new float[groups];
        float[] offsets = new float[groups];
        matrix.readCodes(row, GROUP, codes, scales, offsets);
        int least = matrix.type() == TensorType.Q4_0 || matrix.type() == TensorType.INT4_PACKED ? -8 : 0;
        for (int i = 0; i < codes.length; i++) {
            codes[i] -= (byte) least;
        }
        for (int group = 0; group < groups; group++) {
            write(codes, group, groups, scales[group], offsets[group] + least * scales[group], into, at);
        }
    }

    private static void writeCodes(float[] numbers, int groups, MemorySegment into, long at) {
        byte[] codes = new byte[groups * GROUP];
        for (int group = 0; group < groups; group++) {
            int first = group * GROUP;
            int after = Math.min(numbers.length, first + GROUP);
            float least = Float.POSITIVE_INFINITY;
            float largest = Float.NEGATIVE_INFINITY;
            for (int i = first; i < after; i++) {
                least = Math.min(least, numbers[i]);
                largest = Math.max(largest, numbers[i]);
            }
            // Codes are taken for scale and offset as they will be read.
            float offset = Float.float16ToFloat(Float.floatToFloat16(least));
            float scale = Float.float16ToFloat(Float.floatToFloat16((largest - offset) / LARGEST_CODE));
            float perScale = scale > 0 ? 1 / scale : 0;
            for (int i = first; i < after; i++) {
                codes[i] = (byte) Math.clamp(Math.round((numbers[i] - offset) * perScale), 0, LARGEST_CODE);
            }
            write(codes, group, groups, scale, offset, into, at);
        }
    }

    private static void write(
            byte[] codes, int group, int groups, float scale, float offset, MemorySegment into, long at) {
        for (int i = 0; i < CODE_BYTES; i++) {
            int low = codes[group * GROUP + i];
            int high = codes[group * GROUP + CODE_BYTES + i];
            into.set(ValueLayout.JAVA_BYTE, at + (long) group * CODE_BYTES + i, (byte) (low | high << 4));
        }
        long scales = at + (long) groups * CODE_BYTES;
        long offsets = scales + (long) groups * Short.BYTES;
        into.set(ValueLayout.JAVA_SHORT_UNALIGNED, scales + 2L * group, Float.floatToFloat16(scale));
        into.set(ValueLayout.JAVA_SHORT_UNALIGNED, offsets + 2L * group, Float.floatToFloat16(offset));
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public void multiply(Activations x, float[] y, int at, int firstRow, int afterRow) {
        MemorySegment view = Lanes.view(memory);
        int groups = groups(columns);
        float[] scales = new float[groups];
        for (int row = firstRow; row < afterRow; row++) {
            long codes = row * rowBytes(columns);
            long scalesAt = codes + (long) groups * CODE_BYTES;
            CacheNumbers.readHalves(view, scalesAt, scales, groups);
            y[at + row] = dot(view, codes, x.numbers(), scales, groups)
                    + ShortMatrix.halves(view, scalesAt + (long) groups * Short.BYTES, x.sums(), groups);
        }
    }

    /** Σ scale · Σ code · x, group by group. */
    private static float dot(MemorySegment memory, long at, float[] x, float[] scales, int groups) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int group = 0; group < groups; group++) {
            FloatVector ofGroup = FloatVector.zero(FLOATS);
            int first = group * GROUP;
            for (int i = 0; i < CODE_BYTES; i += Lanes.WIDTH) {
                IntVector pairs = (IntVector)
                        ByteVector.fromMemorySegment(BYTES, memory, at + (long) group * CODE_BYTES + i, LITTLE_ENDIAN)
                                .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                ofGroup = ((FloatVector) pairs.and(15).convert(I2F, 0))
                        .fma(FloatVector.fromArray(FLOATS, x, first + i), ofGroup);
                ofGroup = ((FloatVector) pairs.lanewise(LSHR, 4).convert(I2F, 0))
                        .fma(FloatVector.fromArray(FLOATS, x, first + CODE_BYTES + i), ofGroup);
            }
            sum = ofGroup.fma(FloatVector.broadcast(FLOATS, scales[group]), sum);
        }
        return sum.reduceLanes(ADD);
    }
}
