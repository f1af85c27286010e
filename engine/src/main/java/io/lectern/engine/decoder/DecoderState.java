package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchBackend;
import java.util.List;

/**
 * What a decoder has read: what each layer remembers. It holds memory outside the Java heap: close it. Used by one thread
 * at a time; forks of it may be used at the same time.
 */
public final class DecoderState implements AutoCloseable {
    private final TorchBackend backend;
    private final List<LayerState> layers;
    private int length;
    /** What came out of the last layer for the last token; null where that token's successors are not known. */
    private float[] lastHidden;

    private boolean closed;

    DecoderState(TorchBackend backend, List<LayerState> layers, int length, float[] lastHidden) {
        this.backend = backend;
        this.layers = layers;
        this.length = length;
        this.lastHidden = lastHidden;
    }

    /** Tokens read. */
    public int length() {
        return length;
    }

    /** A second state that goes on from here. The past is shared, not copied. */
    public DecoderState fork() {
        requireOpen();
        return backend.run(() ->
                new DecoderState(backend, layers.stream().map(LayerState::fork).toList(), length, lastHidden));
    }

    /**
     * Forgets all but the first tokens. A state that was shortened must read a token before the probabilities of what
     * follows are known.
     *
     * @param length tokens to keep
     */
    public void truncate(int length) {
        requireOpen();
        if (length < 0 || length > this.length) {
            throw new IllegalArgumentException("cannot keep " + length + " of " + this.length + " tokens");
        }
        if (length < this.length) {
            backend.run(() -> {
                rollBack(length, null);
                return null;
            });
        }
    }

    /** Returns to a state before tokens that may have passed through some of the layers only. */
    void rollBack(int length, float[] lastHidden) {
        layers.forEach(layer -> layer.truncate(length));
        this.length = length;
        this.lastHidden = lastHidden;
    }

    List<LayerState> layers() {
        return layers;
    }

    /** Counts tokens that have passed through all layers. */
    void advance(int tokens, float[] hidden) {
        length += tokens;
        lastHidden = hidden;
    }

    float[] lastHidden() {
        return lastHidden;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the state is closed");
        }
    }

    /** Frees what no fork still needs. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            backend.run(() -> {
                layers.forEach(LayerState::close);
                return null;
            });
        }
    }
}
