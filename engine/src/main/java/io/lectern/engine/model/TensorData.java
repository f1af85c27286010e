package io.lectern.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A tensor as it lies in a checkpoint, not copied.
 *
 * @param name canonical name, see {@link TensorNames}
 * @param shape row-major, outermost dimension first: a matrix is {rows, columns} with each row contiguous
 * @param type how the numbers are stored
 * @param data the stored bytes, memory-mapped and read-only; unusable once the checkpoint is closed
 * @param file the file it lies in
 * @param offset of its first byte in that file
 * @param scales of codes, for the types that have them apart
 */
public record TensorData(
        String name,
        long[] shape,
        TensorType type,
        MemorySegment data,
        Path file,
        long offset,
        Optional<Scales> scales) {

    /**
     * The scales of a matrix of codes.
     *
     * @param values {rows, columns / group}: the scale of each group of consecutive elements of a row
     * @param group elements of a row that share a scale; divides the row
     */
    public record Scales(TensorData values, int group) {}

    public TensorData {
        shape = shape.clone();
        if (type.hasScalesApart() != scales.isPresent()) {
            throw new IllegalArgumentException(name + ": scales belong to codes, and to nothing else");
        }
    }

    /** A tensor without scales of its own. */
    public TensorData(String name, long[] shape, TensorType type, MemorySegment data, Path file, long offset) {
        this(name, shape, type, data, file, offset, Optional.empty());
    }

    /** A copy of the shape. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Numbers in the tensor. */
    public long elements() {
        long elements = 1;
        for (long dimension : shape) {
            elements *= dimension;
        }
        return elements;
    }

    /** Length of a row, the innermost dimension. */
    public int columns() {
        return Math.toIntExact(shape[shape.length - 1]);
    }

    /** Number of rows: all dimensions but the innermost together. */
    public long rows() {
        return elements() / columns();
    }

    /** The numbers of consecutive rows, widened to 32 bits. */
    public float[] readRows(long firstRow, int rows) {
        float[] numbers = new float[Math.multiplyExact(rows, columns())];
        if (scales.isPresent()) {
            PackedCodes.dequantize(this, firstRow, rows, numbers);
        } else {
            GgmlBlocks.dequantize(type, data, firstRow * columns(), numbers, 0, numbers.length);
        }
        return numbers;
    }

    /** Consecutive elements of a row that share a scale; for quantised types. */
    public int groupElements() {
        return scales.map(Scales::group).orElseGet(() -> GgmlBlocks.groupElements(type));
    }

    /**
     * Reads a row of a quantised type as it is: element i is {@code scales[i / group] * codes[i] + offsets[i / group]}.
     *
     * @param group elements for each of {@code scales}, at most and a divisor of {@link #groupElements}
     * @param codes signed, in the ranges of {@link GgmlBlocks#unpack}; −128…127 and −8…7 for the types with scales apart
     */
    public void readCodes(long row, int group, byte[] codes, float[] scales, float[] offsets) {
        int own = groupElements();
        if (own % group != 0) {
            throw new IllegalArgumentException("groups of " + own + " elements cannot be read in groups of " + group);
        }
        int each = own / group;
        if (this.scales.isPresent()) {
            PackedCodes.unpack(type, data, row * columns(), codes);
            float[] perGroup = this.scales.get().values().readRows(row, 1);
            for (int i = 0; i < scales.length; i++) {
                scales[i] = perGroup[i / each];
                offsets[i] = 0;
            }
        } else if (each == 1) {
            GgmlBlocks.unpack(type, data, row * columns(), codes.length, codes, scales, offsets);
        } else {
            float[] ownScales = new float[scales.length / each];
            float[] ownOffsets = new float[scales.length / each];
            GgmlBlocks.unpack(type, data, row * columns(), codes.length, codes, ownScales, ownOffsets);
            for (int i = 0; i < scales.length; i++) {
                scales[i] = ownScales[i / each];
                offsets[i] = ownOffsets[i / each];
            }
        }
    }

    /** Bytes that it takes in its file, with its scales. */
    public long storedBytes() {
        return data.byteSize() + scales.map(each -> each.values().storedBytes()).orElse(0L);
    }

    /** All numbers, widened to 32 bits; for tensors of fewer than 2³¹ elements. */
    public float[] readAll() {
        return readRows(0, Math.toIntExact(rows()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorData that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(shape, that.shape)
                && file.equals(that.file)
                && offset == that.offset;
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Long.hashCode(offset);
    }

    @Override
    public String toString() {
        return name + " " + type + " " + Arrays.toString(shape);
    }
}
