package io.lectern.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A tensor as it lies in a checkpoint, not copied.
 *
 * @param name canonical name, see {@link TensorNames}
 * @param shape row-major, outermost dimension first: a matrix is {rows, columns} with each row contiguous
 * @param type how the numbers are stored
 * @param data the stored bytes, memory-mapped and read-only; unusable once the checkpoint is closed
 * @param file the file it lies in
 * @param offset of its first byte in that file
 */
public record TensorData(String name, long[] shape, TensorType type, MemorySegment data, Path file, long offset) {
    public TensorData {
        shape = shape.clone();
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
        GgmlBlocks.dequantize(type, data, firstRow * columns(), numbers, 0, numbers.length);
        return numbers;
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
