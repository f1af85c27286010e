package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import io.lectern.engine.vector.LayerMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * The state of one Lightning attention layer: for each head a matrix {key dimension, value dimension} in f32, which has the
 * same size however much was read. It is overwritten at every step, so forks and the mark share it until one of them goes
 * on.
 */
final class LightningState implements LayerState {
    private final TorchBackend backend;
    private final long bytes;
    private SharedTensor matrices;
    private SharedTensor marked;

    /** The state before any token. */
    LightningState(TorchBackend backend, Lightning spec) {
        this(
                backend,
                spec.rememberedAlways() * Float.BYTES,
                new SharedTensor(backend.call("new_lightning_state", spec.heads(), spec.headDimension())),
                null);
        mark();
    }

    private LightningState(TorchBackend backend, long bytes, SharedTensor matrices, SharedTensor marked) {
        this.backend = backend;
        this.bytes = bytes;
        this.matrices = matrices;
        this.marked = marked;
    }

    /** The matrices {heads, key dimension, value dimension}, to be written. */
    TorchValue toWrite() {
        if (!matrices.isHeldByOne()) {
            SharedTensor own = new SharedTensor(backend.call("copy_of", matrices.tensor()));
            matrices.release();
            matrices = own;
        }
        return matrices.tensor();
    }

    /** The matrices {heads, key dimension, value dimension}, to be read. */
    TorchValue toRead() {
        return matrices.tensor();
    }

    @Override
    public LightningState fork() {
        return new LightningState(backend, bytes, matrices.share(), marked.share());
    }

    @Override
    public void mark() {
        if (marked != null) {
            marked.release();
        }
        marked = matrices.share();
    }

    @Override
    public boolean returnsToMarkOnly() {
        return true;
    }

    @Override
    public void truncate(int length) {
        matrices.release();
        matrices = marked.share();
    }

    @Override
    public List<StateLayout.Block> layout() {
        return List.of();
    }

    @Override
    public long bytesPerToken() {
        return 0;
    }

    @Override
    public long fixedBytes() {
        return bytes;
    }

    @Override
    public void visitTokens(int from, int to, Consumer<MemorySegment> visitor) {
        // Nothing is kept of single tokens.
    }

    @Override
    public void visitFixed(Consumer<MemorySegment> visitor) {
        visitor.accept(backend.run(() -> backend.memory(matrices.tensor())));
    }

    @Override
    public LayerMemory forNextToken() {
        toWrite();
        return new LayerMemory.States(matrices.memory(backend));
    }

    @Override
    public void nextTokenWritten() {
        // The state has the same size however much was read.
    }

    @Override
    public void close() {
        matrices.release();
        marked.release();
    }
}
