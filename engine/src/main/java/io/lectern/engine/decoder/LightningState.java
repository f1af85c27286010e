package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;

/**
 * The state of one Lightning attention layer: for each head a matrix {key dimension, value dimension} in f32, which has the
 * same size however much was read. It is overwritten at every step, so forks and the mark share it until one of them goes
 * on.
 */
final class LightningState implements LayerState {
    private final TorchBackend backend;
    private SharedTensor matrices;
    private SharedTensor marked;

    /** The state before any token. */
    LightningState(TorchBackend backend, Lightning spec) {
        this(backend, new SharedTensor(backend.call("new_lightning_state", spec.heads(), spec.headDimension())), null);
        mark();
    }

    private LightningState(TorchBackend backend, SharedTensor matrices, SharedTensor marked) {
        this.backend = backend;
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
        return new LightningState(backend, matrices.share(), marked.share());
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
    public void close() {
        matrices.release();
        marked.release();
    }
}
