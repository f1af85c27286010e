package io.lectern.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a tensor's numbers are stored. The block formats are those of ggml: a block of consecutive elements of one row
 * shares scales; the layouts are described in {@link GgmlBlocks}. The code formats are those of compressed-tensors: codes
 * alone, with their scales in a tensor of their own ({@link TensorData.Scales}); value = scale · code.
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    BF16(30, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    /** 8-bit codes, signed bytes. */
    INT8(TensorType.NOT_IN_GGUF, 1, 1),
    /** 8-bit codes, four in a 32-bit integer, each 128 larger than the code: in memory, unsigned bytes in order. */
    INT8_PACKED(TensorType.NOT_IN_GGUF, 4, 4),
    /** 4-bit codes, eight in a 32-bit integer, lowest bits first, each 8 larger than the code. */
    INT4_PACKED(TensorType.NOT_IN_GGUF, 8, 4);

    private static final int NOT_IN_GGUF = -1;

    private final int ggmlId;
    private final int blockElements;
    private final int blockBytes;

    TensorType(int ggmlId, int blockElements, int blockBytes) {
        this.ggmlId = ggmlId;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** Elements that are stored together; a row is a whole number of blocks. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes that a block takes. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether elements are codes with scales rather than floating-point numbers. */
    public boolean isQuantized() {
        return this != F32 && this != F16 && this != BF16;
    }

    /** Whether the scales lie in a tensor of their own. */
    public boolean hasScalesApart() {
        return this == INT8 || this == INT8_PACKED || this == INT4_PACKED;
    }

    /** Bytes that so many elements take; the number must be a whole number of blocks. */
    public long bytes(long elements) {
        if (elements % blockElements != 0) {
            throw new IllegalArgumentException(elements + " elements are not whole blocks of " + this);
        }
        return Math.multiplyExact(elements / blockElements, (long) blockBytes);
    }

    /** The type with this number in a GGUF file, if it is one that this engine reads. */
    static Optional<TensorType> ofGgml(int id) {
        return ofGguf().stream().filter(type -> type.ggmlId == id).findFirst();
    }

    /** The types that GGUF files have. */
    static List<TensorType> ofGguf() {
        return Stream.of(values()).filter(type -> type.ggmlId != NOT_IN_GGUF).toList();
    }
}
