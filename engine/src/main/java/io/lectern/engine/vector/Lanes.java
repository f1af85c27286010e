package io.lectern.engine.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors of this processor: how many numbers are worked on at once, and how stored numbers become vectors of 32-bit
 * floats.
 *
 * <p>The compiler always puts the Vector API's own methods where they are used, which makes them instructions; others, such
 * as these, only until a method has become large. Then vectors pass as objects, ten times slower. So loops of many operations
 * use the API directly.
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    /** As many shorts as {@link #FLOATS} has floats. */
    static final VectorSpecies<Short> SHORTS = narrow(short.class, 2);
    /** As many bytes as {@link #FLOATS} has floats. */
    static final VectorSpecies<Byte> BYTES = narrow(byte.class, 4);
    /** Numbers in a vector. */
    static final int WIDTH = FLOATS.length();

    /** Fewer bits leave no vector of bytes with as many lanes. */
    static final int SMALLEST_BITS = 256;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
    private static final int HALF_EXPONENT_OFFSET = 112;
    private static final float HALF_TO_FLOAT = Float.intBitsToFloat((127 + HALF_EXPONENT_OFFSET) << 23);

    private Lanes() {}

    private static <E> VectorSpecies<E> narrow(Class<E> type, int times) {
        return VectorSpecies.of(
                type, VectorShape.forBitSize(Math.max(64, FloatVector.SPECIES_PREFERRED.vectorBitSize() / times)));
    }

    /**
     * The same memory without the question, at every access, whether it is still there and who may touch it: whoever made
     * it keeps it as long as the view is used.
     */
    @SuppressWarnings("restricted") // the size is that of the segment
    static MemorySegment view(MemorySegment segment) {
        return MemorySegment.ofAddress(segment.address()).reinterpret(segment.byteSize());
    }

    /** Floats as they are stored, from a byte offset. */
    static FloatVector floats(MemorySegment memory, long at) {
        return FloatVector.fromMemorySegment(FLOATS, memory, at, ORDER);
    }

    static float floatAt(MemorySegment memory, long at) {
        return memory.get(FLOAT, at);
    }

    static void setFloat(MemorySegment memory, long at, float number) {
        memory.set(FLOAT, at, number);
    }

    /** Numbers of bfloat16, the upper half of a float. */
    static FloatVector bfloat16s(MemorySegment memory, long at) {
        return shorts(memory, at).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** Finite numbers of IEEE half precision: sign, 5 bits of exponent with another offset, 10 bits. */
    static FloatVector halves(MemorySegment memory, long at) {
        IntVector bits = shorts(memory, at);
        FloatVector magnitude = bits.and(0x7FFF)
                .lanewise(VectorOperators.LSHL, 13)
                .reinterpretAsFloats()
                .mul(HALF_TO_FLOAT);
        IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
        return magnitude.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    /** Signed bytes as floats. */
    static FloatVector signedBytes(MemorySegment memory, long at) {
        return (FloatVector)
                ByteVector.fromMemorySegment(BYTES, memory, at, ORDER).convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    private static IntVector shorts(MemorySegment memory, long at) {
        return (IntVector) ShortVector.fromMemorySegment(SHORTS, memory, at, ORDER)
                .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
    }
}
