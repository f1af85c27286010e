package io.lectern.engine.decoder;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
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
    private static final List<String> KERNELS = List.of("weights.py", "layers.py", "attention.py");

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
        for (int index = 0; index < config.layers().size(); index++) {
            layers.add(Layer.of(checkpoint, index, backend, strips, room));
            progress.accept((double) layers.size() / parts);
        }
        head = new Head(checkpoint, backend, strips);
        progress.accept(1);
    }

    /** What the model is made of. */
    public ModelConfig config() {
        return config;
    }

    /** Bytes that each token adds to a state, over all layers. */
    public long bytesPerToken() {
        return bytesPerToken(config);
    }

    /** Bytes that each token adds to a state of such a model, over all layers. */
    public static long bytesPerToken(ModelConfig config) {
        return config.rememberedPerToken() * KeyValueCache.BYTES_PER_NUMBER;
    }

    /** Bytes of weights that are read to write one token. */
    public long weightBytesPerToken() {
        return layers.stream().mapToLong(Layer::packedBytes).sum() + head.packedBytes();
    }

    /** A state that has read nothing. */
    public DecoderState newState() {
        return backend.run(() -> new DecoderState(
                backend, layers.stream().map(layer -> layer.mixer().newState()).toList(), 0, null));
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
        try {
            int done = 0;
            while (done < tokens.length) {
                int[] coming = Arrays.copyOfRange(tokens, done, tokens.length);
                done += backend.run(() -> {
                    try (Passed passed = pass(state, coming, cancellation)) {
                        return passed.tokens();
                    }
                });
                doneTokens.accept(done);
            }
            return backend.run(() -> head.logits(state.lastHidden()));
        } catch (RuntimeException | Error e) {
            backend.run(() -> {
                state.rollBack(lengthBefore, hiddenBefore);
                return null;
            });
            throw e;
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
            int done = 0;
            while (done < tokens.length - 1) {
                int from = done;
                int[] coming = Arrays.copyOfRange(tokens, from, tokens.length - 1);
                done += backend.run(() -> {
                    try (Passed passed = pass(fork, coming, new Cancellation())) {
                        long[] targets = new long[passed.tokens()];
                        Arrays.setAll(targets, i -> tokens[from + 1 + i]);
                        head.logProbabilities(passed.hidden(), targets, results, from + 1);
                        return passed.tokens();
                    }
                });
            }
        }
        return results;
    }

    /** The last layer's output {tokens, hidden} for the tokens of a chunk. */
    private record Passed(TorchValue hidden, int tokens) implements AutoCloseable {
        @Override
        public void close() {
            hidden.close();
        }
    }

    /** Passes the first of the coming tokens through all layers: as many as a chunk and the caches' blocks take. */
    private Passed pass(DecoderState state, int[] coming, Cancellation cancellation) {
        int tokens = Math.min(options.chunkTokens(), coming.length);
        for (LayerState layer : state.layers()) {
            if (layer instanceof KeyValueCache cache) {
                tokens = Math.min(tokens, cache.makeRoom(coming.length));
            }
        }
        TorchValue x = embed(coming, tokens);
        try (Chunk chunk = new Chunk(backend, state.length(), tokens)) {
            for (int i = 0; i < layers.size(); i++) {
                cancellation.throwIfCancelled();
                Layer layer = layers.get(i);
                x = replace(x, layer.mixer().forward(x, state.layers().get(i), chunk));
                x = replace(x, layer.feedForward().forward(x, chunk));
            }
            try (TorchValue last = backend.call("rows", x, tokens - 1, tokens)) {
                state.advance(tokens, backend.floats(last));
            }
            return new Passed(x, tokens);
        } catch (RuntimeException | Error e) {
            x.close();
            throw e;
        }
    }

    private static TorchValue replace(TorchValue old, TorchValue replacement) {
        old.close();
        return replacement;
    }

    private TorchValue embed(int[] tokens, int count) {
        float[] vectors = new float[count * config.hidden()];
        for (int i = 0; i < count; i++) {
            float[] vector = embedding.readRows(tokens[i], 1);
            System.arraycopy(vector, 0, vectors, i * vector.length, vector.length);
        }
        return backend.tensor(vectors, count, config.hidden());
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
