package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchBackend;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a decoder has read: what each layer remembers. It holds memory outside the Java heap: close it. Used by one thread
 * at a time; forks of it may be used at the same time.
 */
public final class DecoderState implements StateMemory, AutoCloseable {
    private final TorchBackend backend;
    private final List<LayerState> layers;
    private final TokenSequence tokens;
    /** Where the layers' marks are: what states of fixed size read since is read again when they are shortened. */
    private int markedAt;

    /** What came out of the last layer for the last token; null where that token's successors are not known. */
    private float[] lastHidden;

    private boolean closed;

    private DecoderState(
            TorchBackend backend, List<LayerState> layers, TokenSequence tokens, int markedAt, float[] lastHidden) {
        this.backend = backend;
        this.layers = layers;
        this.tokens = tokens;
        this.markedAt = markedAt;
        this.lastHidden = lastHidden;
    }

    /** A state that has read nothing. */
    static DecoderState empty(TorchBackend backend, List<LayerState> layers) {
        return new DecoderState(backend, layers, new TokenSequence(), 0, null);
    }

    /**
     * A state whose tokens and numbers are yet to be filled in. The point to return to is its end.
     *
     * @param layers empty
     * @param hidden numbers that come out of a layer for a token
     */
    static DecoderState toFill(TorchBackend backend, List<LayerState> layers, StateLayout layout, int hidden) {
        if (layers.size() != layout.layers().size()) {
            throw new IllegalArgumentException(
                    "the layout has " + layout.layers().size() + " layers");
        }
        for (int i = 0; i < layers.size(); i++) {
            List<StateLayout.Block> blocks = layout.layers().get(i);
            switch (layers.get(i)) {
                case KeyValueCache cache -> {
                    int tokens =
                            blocks.stream().mapToInt(StateLayout.Block::tokens).sum();
                    if (tokens != layout.tokens()) {
                        throw new IllegalArgumentException("layer " + i + " holds " + tokens + " tokens");
                    }
                    cache.layOut(blocks);
                }
                case LightningState state -> {
                    if (!blocks.isEmpty()) {
                        throw new IllegalArgumentException("layer " + i + " has no blocks");
                    }
                }
            }
        }
        return new DecoderState(
                backend,
                layers,
                TokenSequence.toFill(layout.tokens()),
                layout.tokens(),
                layout.lastHiddenKnown() ? new float[hidden] : null);
    }

    /** Tokens read. */
    public int length() {
        return tokens.length();
    }

    /** A second state that goes on from here. The past is shared, not copied. */
    public DecoderState fork() {
        requireOpen();
        return backend.run(() -> new DecoderState(
                backend, layers.stream().map(LayerState::fork).toList(), tokens.fork(), markedAt, lastHidden));
    }

    /** Keeps this point in mind as one to return to. */
    void mark() {
        layers.forEach(LayerState::mark);
        markedAt = length();
    }

    /**
     * Forgets all but the first tokens, as far as the layers can, and says what must be read to have so many again.
     *
     * @param length tokens to keep, at least as many as at the mark where a layer can only return to that
     * @return the tokens that are to be read again
     */
    int[] truncate(int length) {
        if (length < 0 || length > length()) {
            throw new IllegalArgumentException("cannot keep " + length + " of " + length() + " tokens");
        }
        boolean toMark = layers.stream().anyMatch(LayerState::returnsToMarkOnly);
        if (toMark && length < markedAt) {
            throw new IllegalArgumentException(
                    "cannot keep " + length + " tokens: what was known at " + markedAt + " is the earliest there is");
        }
        int kept = toMark ? markedAt : length;
        layers.forEach(layer -> layer.truncate(kept));
        int[] again = tokens.range(kept, length);
        tokens.truncate(kept);
        markedAt = Math.min(markedAt, kept);
        lastHidden = null;
        return again;
    }

    List<LayerState> layers() {
        return layers;
    }

    /** Counts tokens that have passed through all layers. */
    void advance(int[] read, float[] hidden) {
        tokens.add(read);
        lastHidden = hidden;
    }

    void setLastHidden(float[] hidden) {
        lastHidden = hidden;
    }

    float[] lastHidden() {
        return lastHidden;
    }

    @Override
    public StateLayout layout() {
        return new StateLayout(length(), layers.stream().map(LayerState::layout).toList(), lastHidden != null);
    }

    @Override
    public int[] tokens(int from, int to) {
        return tokens.range(from, to);
    }

    @Override
    public long bytesPerToken() {
        return Integer.BYTES
                + layers.stream().mapToLong(LayerState::bytesPerToken).sum();
    }

    @Override
    public long fixedBytes() {
        return layers.stream().mapToLong(LayerState::fixedBytes).sum()
                + (lastHidden == null ? 0 : (long) lastHidden.length * Float.BYTES);
    }

    @Override
    public void visitTokens(int from, int to, Consumer<MemorySegment> visitor) {
        requireOpen();
        visitor.accept(tokens.memory(from, to));
        layers.forEach(layer -> layer.visitTokens(from, to, visitor));
    }

    @Override
    public void visitFixed(Consumer<MemorySegment> visitor) {
        requireOpen();
        layers.forEach(layer -> layer.visitFixed(visitor));
        if (lastHidden != null) {
            visitor.accept(MemorySegment.ofArray(lastHidden));
        }
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
