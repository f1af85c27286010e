package io.lectern.engine.decoder;

import io.lectern.engine.model.TensorData;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Room for the matrices of one part of a layer, widened from the mapped file to bf16 just before a chunk of many tokens
 * passes through. One room serves all layers in turn: a resident bf16 copy would take three times the memory of the
 * packed weights.
 */
final class WidenedMatrices implements AutoCloseable {
    private final TorchBackend backend;
    private final Strips strips;
    private final TorchValue room;
    private final MemorySegment memory;

    /** Room for so many numbers. */
    WidenedMatrices(TorchBackend backend, Strips strips, long elements) {
        this.backend = backend;
        this.strips = strips;
        room = backend.call("new_matrix", 1, elements, TorchType.BF16);
        memory = backend.memory(room);
    }

    /** The place of a matrix that begins at element {@code first}, as a tensor. */
    TorchValue view(long first, long rows, int columns) {
        return backend.call("matrix_view", room, first, rows, columns);
    }

    /** Writes matrices to the room, one behind the other. */
    void write(List<TensorData> matrices) {
        long first = 0;
        for (TensorData matrix : matrices) {
            long place = first;
            strips.forEach(
                    Math.toIntExact(matrix.rows()),
                    matrix.columns(),
                    (from, after) -> Bfloat16.writeRows(matrix, from, after, memory, place));
            first += matrix.elements();
        }
    }

    @Override
    public void close() {
        room.close();
    }
}
