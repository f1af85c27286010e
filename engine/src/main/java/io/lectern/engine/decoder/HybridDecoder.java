package io.lectern.engine.decoder;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;

/**
 * A decoder of layers: embedding, then each layer's mixer and feed-forward, then the head. Models differ only in their
 * list of layers. Safe for use from many threads: reading is done chunk by chunk on the tensor runtime's one thread, and
 * several states take turns.
 */
public final class HybridDecoder implements AutoCloseable {
    private static final List<String> KERNELS = List.of("weights.py", "layers.py", "attention.py", "lightning.py");

    private final ModelConfig config;
    private final DecoderOptions options;
    private final TorchBackend backend;
    private final Strips strips;
    private TensorData embedding;
    private final List<Layer> layers = new ArrayList<>();
    private WidenedMatrices room;
    private Head head;

    private HybridDecoder(ModelConfig config, DecoderOptions options) {
        this.config = config;
        this.options = options;
        backend = TorchBackend.start(options.threads(), KERNELS);
        strips = new Strips(options.threads());
    }

    /**
     * Makes a model ready to run.
     *
     * @param checkpoint must stay open as long as the decoder: its weights are read from the mapped file again and again
     * @param progress hears the part that is done, from 0 to 1
     * @throws EngineException if the tensor runtime is not available
     */
    public static HybridDecoder load(Checkpoint checkpoint, DecoderOptions options, DoubleConsumer progress) {
        HybridDecoder decoder = new HybridDecoder(checkpoint.config(), options);
        try {
            decoder.backend.run(() -> {
                decoder.loadWeights(checkpoint, progress);
                return null;
            });
            return decoder;
        } catch (RuntimeException | Error e) {
            decoder.close();
            throw e;
        }
    }

    private void loadWeights(Checkpoint checkpoint, DoubleConsumer progress) {
        embedding = checkpoint.tensor(TensorNames.TOKEN_EMBEDDING);
        room = new WidenedMatrices(backend, strips, Layer.widestPart(checkpoint));
        int parts = config.layers().size() + 1;
        Layer.Factory factory = new Layer.Factory(checkpoint, options, backend, strips, room);
        for (int index = 0; index < config.layers().size(); index++) {
            layers.add(factory.layer(index));
            progress.accept((double) layers.size() / parts);
        }
        head = new Head(checkpoint, options.weights(), backend, strips);
        progress.accept(1);
    }

    /** What the model is made of. */
    public ModelConfig config() {
        return config;
    }

    /** Bytes that each token adds to a state, over all layers. */
    public long bytesPerToken() {
        return bytesPerToken(config, options.cache());
    }

    /** Bytes that each token adds to a state of such a model, over all layers. */
    public static long bytesPerToken(ModelConfig config, CacheType cache) {
        return config.layers().stream()
                .mapToLong(layer -> switch (layer.mixer()) {
                    case Softmax softmax -> KeyValueCache.bytesPerToken(softmax, cache);
                    case Lightning lightning -> 0;
                })
                .sum();
    }

    /** Bytes of weights that are read to write one token. */
    public long weightBytesPerToken() {
        return layers.stream().mapToLong(Layer::packedBytes).sum() + head.packedBytes();
    }

    /** A state that has read nothing. */
    public DecoderState newState() {
        return backend.run(() -> DecoderState.empty(backend, newLayerStates()));
    }

    /**
     * A state that lies in memory as another did, and whose numbers are yet to be filled in from what
     * {@link StateMemory#visitTokens} and {@link StateMemory#visitFixed} visited there.
     *
     * @throws IllegalArgumentException if it cannot be a layout of this model
     */
    public DecoderState newState(StateLayout layout) {
        return backend.run(() -> {
            List<LayerState> states = newLayerStates();
            try {
                return DecoderState.toFill(backend, states, layout, config.hidden());
            } catch (RuntimeException | Error e) {
                states.forEach(LayerState::close);
                throw e;
            }
        });
    }

    private List<LayerState> newLayerStates() {
        return layers.stream().map(layer -> layer.mixer().newState()).toList();
    }

    /** The text of all kernels: what a state is worth only with the same of. */
    public static String kernels() {
        return TorchBackend.source(KERNELS);
    }

    /**
     * Reads tokens.
     *
     * @param tokens at least one
     * @param doneTokens hears how many of these have been read, after each chunk
     * @param cancellation calls it off, looked at between layers
     * @return logits in f32 of the token after the last, one for each word of the vocabulary: exact for the 128 likeliest,
     *     of 4-bit weights for the others
     * @throws java.util.concurrent.CancellationException if called off; the state is then as it was before this call, as
     *     after any other failure
     */
    public float[] read(DecoderState state, int[] tokens, IntConsumer doneTokens, Cancellation cancellation) {
        state.requireOpen();
        requireTokens(tokens);
        int lengthBefore = state.length();
        float[] hiddenBefore = state.lastHidden();
        if (tokens.length > 1) {
            mark(state);
        }
        try {
            pass(state, tokens, LayerObserver.NONE, doneTokens, cancellation);
            return backend.run(() -> head.logits(state.lastHidden()));
        } catch (RuntimeException | Error e) {
            truncate(state, lengthBefore);
            state.setLastHidden(hiddenBefore);
            throw e;
        }
    }

    /**
     * Reads tokens as {@link #read} does, and keeps what passed: to compare with another implementation.
     *
     * @param positions of some of these tokens, counted from the first of them, ascending, whose logits are wanted
     */
    public ReadingTrace trace(DecoderState state, int[] tokens, int[] positions, Cancellation cancellation) {
        state.requireOpen();
        requireTokens(tokens);
        TraceRecorder recorder = new TraceRecorder(backend, head, config, positions);
        pass(state, tokens, recorder, done -> {}, cancellation);
        return backend.run(() -> recorder.trace(state));
    }

    /**
     * Keeps the point where a state is in mind, in place of the one before: as far back as that it can be shortened. To read
     * more than one token does so by itself.
     */
    public void mark(DecoderState state) {
        state.requireOpen();
        backend.run(() -> {
            state.mark();
            return null;
        });
    }

    /**
     * Forgets all but the first tokens of a state. Where layers have states of fixed size, which cannot be shortened, what
     * is kept since the mark is read again. A state that was shortened must read a token before the probabilities of what
     * follows are known.
     *
     * @param length tokens to keep
     * @throws IllegalArgumentException if there are not so many, or the mark is behind them and cannot be passed
     */
    public void truncate(DecoderState state, int length) {
        state.requireOpen();
        if (length == state.length()) {
            return;
        }
        int[] again = backend.run(() -> state.truncate(length));
        if (again.length > 0) {
            pass(state, again, LayerObserver.NONE, done -> {}, new Cancellation());
            state.setLastHidden(null);
        }
    }

    /** Passes tokens through all layers, chunk by chunk. */
    private void pass(
            DecoderState state,
            int[] tokens,
            LayerObserver observer,
            IntConsumer doneTokens,
            Cancellation cancellation) {
        int done = 0;
        while (done < tokens.length) {
            int[] chunk = Arrays.copyOfRange(tokens, done, Math.min(tokens.length, done + options.chunkTokens()));
            backend.run(() -> {
                pass(state, chunk, observer, cancellation).close();
                return null;
            });
            done += chunk.length;
            doneTokens.accept(done);
        }
    }

    /**
     * How likely tokens are to follow: for each the natural logarithm of its probability given all that stands before
     * it. The state stays as it is.
     *
     * @param state one that has read at least a token, and was not shortened since
     */
    public double[] logProbabilities(DecoderState state, int[] tokens) {
        state.requireOpen();
        requireTokens(tokens);
        if (state.lastHidden() == null) {
            throw new IllegalStateException("probabilities are known only after a token was read");
        }
        double[] results = new double[tokens.length];
        backend.run(() -> {
            try (TorchValue last = backend.tensor(state.lastHidden(), 1, config.hidden())) {
                head.logProbabilities(last, new long[] {tokens[0]}, results, 0);
            }
            return null;
        });
        // Each token but the last is read, for what it says about the next one.
        try (DecoderState fork = state.fork()) {
            for (int first = 0; first < tokens.length - 1; first += options.chunkTokens()) {
                int from = first;
                int[] chunk =
                        Arrays.copyOfRange(tokens, from, Math.min(tokens.length - 1, from + options.chunkTokens()));
                long[] targets = new long[chunk.length];
                Arrays.setAll(targets, i -> tokens[from + 1 + i]);
                backend.run(() -> {
                    try (TorchValue hidden = pass(fork, chunk, LayerObserver.NONE, new Cancellation())) {
                        head.logProbabilities(hidden, targets, results, from + 1);
                    }
                    return null;
                });
            }
        }
        return results;
    }

    /** Passes a chunk through all layers: returns the last one's output {tokens, hidden}. */
    private TorchValue pass(DecoderState state, int[] tokens, LayerObserver observer, Cancellation cancellation) {
        TorchValue x = embed(tokens);
        try (Chunk chunk = new Chunk(backend, state.length(), tokens.length, cancellation)) {
            for (int i = 0; i < layers.size(); i++) {
                observer.reached(i, x, tokens.length);
                Layer layer = layers.get(i);
                layer.mixer().forward(x, state.layers().get(i), chunk);
                layer.feedForward().forward(x, chunk);
            }
            observer.reached(layers.size(), x, tokens.length);
            try (TorchValue last = backend.call("rows", x, tokens.length - 1, tokens.length)) {
                state.advance(tokens, backend.floats(last));
            }
            return x;
        } catch (RuntimeException | Error e) {
            x.close();
            throw e;
        }
    }

    private TorchValue embed(int[] tokens) {
        TorchValue x = backend.call("new_matrix", tokens.length, config.hidden(), TorchType.F32);
        for (int first = 0; first < tokens.length; first += Chunk.TILE_TOKENS) {
            int after = Math.min(tokens.length, first + Chunk.TILE_TOKENS);
            try (TorchValue rows = backend.call("rows", x, first, after)) {
                MemorySegment memory = backend.memory(rows);
                for (int i = first; i < after; i++) {
                    float[] vector = embedding.readRows(tokens[i], 1);
                    long at = (long) (i - first) * vector.length * Float.BYTES;
                    MemorySegment.copy(vector, 0, memory, ValueLayout.JAVA_FLOAT, at, vector.length);
                }
            }
        }
        return x;
    }

    private void requireTokens(int[] tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("no tokens to read");
        }
        for (int token : tokens) {
            if (token < 0 || token >= config.vocabulary()) {
                throw new IllegalArgumentException("token " + token + " is not in the vocabulary");
            }
        }
    }

    /** Frees the weights. States must be closed before. The checkpoint stays open. */
    @Override
    public void close() {
        backend.run(() -> {
            layers.forEach(Layer::close);
            layers.clear();
            if (head != null) {
                head.close();
            }
            if (room != null) {
                room.close();
            }
            return null;
        });
        strips.close();
        backend.close();
    }
}
