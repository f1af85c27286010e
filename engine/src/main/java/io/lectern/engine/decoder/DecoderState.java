package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchBackend;
import java.util.Arrays;
import java.util.List;

/**
 * What a decoder has read: what each layer remembers. It holds memory outside the Java heap: close it. Used by one thread
 * at a time; forks of it may be used at the same time.
 */
public final class DecoderState implements AutoCloseable {
    private final TorchBackend backend;
    private final List<LayerState> layers;
    private int length;
    /** Where the layers' marks are, and the tokens read since: what was read with states of fixed size is read again. */
    private int markedAt;

    private int[] sinceMark = new int[0];
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
        return backend.run(() -> {
            DecoderState fork = new DecoderState(
                    backend, layers.stream().map(LayerState::fork).toList(), length, lastHidden);
            fork.markedAt = markedAt;
            fork.sinceMark = sinceMark;
            return fork;
        });
    }

    /** Keeps this point in mind as one to return to. */
    void mark() {
        layers.forEach(LayerState::mark);
        markedAt = length;
        sinceMark = new int[0];
    }

    /**
     * Forgets all but the first tokens, as far as the layers can, and says what must be read to have so many again.
     *
     * @param length tokens to keep, at least as many as at the mark where a layer can only return to that
     * @return the tokens that are to be read again
     */
    int[] truncate(int length) {
        if (length < 0 || length > this.length) {
            throw new IllegalArgumentException("cannot keep " + length + " of " + this.length + " tokens");
        }
        boolean toMark = layers.stream().anyMatch(LayerState::returnsToMarkOnly);
        if (toMark && length < markedAt) {
            throw new IllegalArgumentException(
                    "cannot keep " + length + " tokens: what was known at " + markedAt + " is the earliest there is");
        }
        int kept = toMark ? markedAt : length;
        layers.forEach(layer -> layer.truncate(kept));
        int[] again = toMark ? Arrays.copyOf(sinceMark, length - markedAt) : new int[0];
        sinceMark = Arrays.copyOf(sinceMark, Math.max(0, kept - markedAt));
        markedAt = Math.min(markedAt, kept);
        this.length = kept;
        lastHidden = null;
        return again;
    }

    List<LayerState> layers() {
        return layers;
    }

    /** Counts tokens that have passed through all layers. */
    void advance(int[] tokens, float[] hidden) {
        length += tokens.length;
        int known = sinceMark.length;
        sinceMark = Arrays.copyOf(sinceMark, known + tokens.length);
        System.arraycopy(tokens, 0, sinceMark, known, tokens.length);
        lastHidden = hidden;
    }

    void setLastHidden(float[] hidden) {
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
