package io.lectern.engine.vector;

import io.lectern.engine.model.TensorData;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory for a matrix that is packed row by row; freed when nothing refers to it. */
final class PackedRows {
    private static final long ALIGNMENT = 64;
    private static final int NUMBERS_AT_A_TIME = 1 << 18;

    private PackedRows() {}

    /** Writes one row. */
    @FunctionalInterface
    interface RowPacker {
        void pack(float[] numbers, int row, MemorySegment into, long at);
    }

    /** Reads all rows of a matrix and writes each, packed, to its place. */
    static MemorySegment of(TensorData matrix, long bytesPerRow, RowPacker packer, Workers workers) {
        int rows = Math.toIntExact(matrix.rows());
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytesPerRow * rows), ALIGNMENT);
        int rowsAtATime = Math.max(1, NUMBERS_AT_A_TIME / matrix.columns());
        workers.forEach((rows + rowsAtATime - 1) / rowsAtATime, part -> {
            int after = Math.min(rows, (part + 1) * rowsAtATime);
            for (int row = part * rowsAtATime; row < after; row++) {
                packer.pack(matrix.readRows(row, 1), row, memory, row * bytesPerRow);
            }
        });
        return memory;
    }
}
