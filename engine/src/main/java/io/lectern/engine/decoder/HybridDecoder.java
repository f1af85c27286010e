package io.lectern.engine.decoder;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import io.lectern.engine.vector.TokenStep;
import io.lectern.engine.vector.VectorSupport;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Function;

/**
 * A decoder of layers: embedding, then each layer's mixer and feed-forward, then the head. Models differ only in their
 * list of layers. Safe for use from many threads: reading is done chunk by chunk on the tensor runtime's one thread, and
 * several states take turns.
 */
public final class HybridDecoder implements AutoCloseable {
    private static final List<String> KERNELS = List.of("weights.py", "layers.py", "attention.py", "lightning.py");

    /** Tokens that pass the layers together when the weights are in memory: each is used for many tokens. */
    private static final int RESIDENT_CHUNK_TOKENS = 8192;

    /** From so many tokens on it is checked whether there is the memory to read them. */
    private static final int CHECKED_TOKENS = 1024;

    private final ModelConfig config;
    private final DecoderOptions options;
    private final TorchBackend backend;
    private final Strips strips;
    /** Brings weights from their file while others are used. */
    private final ExecutorService fetcher = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("lectern-fetch").factory());

    private TensorData embedding;
    private final List<Layer> layers = new ArrayList<>();
    private WidenedMatrices room;
    private Head head;
    private MemoryPlan plan;
    /** Reads single tokens; null if they pass as chunks of one. */
    private SingleTokens singles;

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
        long widest = Layer.widestPart(checkpoint);
        room = new WidenedMatrices(backend, strips, widest);
        Layer.Factory factory = new Layer.Factory(checkpoint, options, backend, strips, room);
        for (int index = 0; index < config.layers().size(); index++) {
            layers.add(factory.layer(index));
        }
        head = new Head(checkpoint, options.weights(), backend, strips);
        long widened = widest * Short.BYTES;
        WeightMemory memory = WeightMemory.of(checkpoint, options.weights());
        boolean steps = options.vectorSteps() && VectorSupport.available() && TokenStep.pays(checkpoint);
        plan = plan(memory, widened, steps);
        if (plan.streamed() && memory.copiedForSteps() > 0) {
            plan = plan(memory, widened, false); // without a second form of the weights they may fit
            steps = false;
        }
        if (!plan.streamed()) {
            for (int index = 0; index < layers.size(); index++) {
                layers.get(index).parts().forEach(LayerPart::prepare);
                progress.accept((index + 1.0) / layers.size());
            }
        }
        if (steps) {
            TokenStep step = new TokenStep(config, tensors(checkpoint), options.weights(), options.threads());
            singles = new SingleTokens(backend, step, embedding);
        }
        progress.accept(1);
    }

    /** Finds tensors where the tensor runtime has them already, if it keeps them: twice in memory they would count twice. */
    private Function<String, TensorData> tensors(Checkpoint checkpoint) {
        Map<String, TensorData> inMemory = new HashMap<>();
        if (!plan.streamed()) {
            layers.forEach(layer -> layer.parts().forEach(part -> inMemory.putAll(part.inMemory())));
            inMemory.put(head.inMemory().name(), head.inMemory());
        }
        return name -> inMemory.getOrDefault(name, checkpoint.tensor(name));
    }

    /**
     * @param widened bytes of the room for widened matrices
     * @param steps whether single tokens are computed in Java
     */
    private MemoryPlan plan(WeightMemory memory, long widened, boolean steps) {
        long copied = memory.copied() + (steps ? memory.copiedForSteps() : 0);
        long largestCopied = layers.stream()
                .mapToLong(layer ->
                        layer.parts().stream().mapToLong(LayerPart::copiedBytes).sum())
                .max()
                .orElse(0);
        long room = largestCopied + (copied > 0 ? widened : 0);
        return new MemoryPlan(config, options.cache(), options.memoryBytes(), copied, memory.mapped(), room);
    }

    /** What the model is made of. */
    public ModelConfig config() {
        return config;
    }

    /** What memory this decoder takes. */
    public MemoryPlan plan() {
        return plan;
    }

    /** Bytes that each token adds to a state, over all layers. */
    public long bytesPerToken() {
        return bytesPerToken(config, options.cache());
    }

    /** Bytes that each token adds to a state of such a model, over all layers. */
    public static long bytesPerToken(ModelConfig config, CacheType cache) {
        return MemoryPlan.stateBytes(config, cache, 1) - MemoryPlan.stateBytes(config, cache, 0);
    }

    /** Bytes of weights that are read to write one token. */
    public long weightBytesPerToken() {
        if (singles != null) {
            return singles.weightBytesPerToken();
        }
        return layers.stream()
                        .flatMap(layer -> layer.parts().stream())
                        .mapToLong(LayerPart::packedBytes)
                        .sum()
                + head.packedBytes();
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
     * @throws EngineException with DOES_NOT_FIT if there is not the memory for it
     */
    public DecoderState newState(StateLayout layout) {
        plan.require(0, layout.tokens(), 1);
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
     * Reads tokens. They pass the layers in chunks: so many that each weight is used for many tokens, and as many as there are
     * where the weights are read from their file layer by layer.
     *
     * @param tokens at least one
     * @param listener hears of progress, on the tensor runtime's thread
     * @param cancellation calls it off, looked at between tiles of a layer
     * @return logits in f32 of the token after the last, one for each word of the vocabulary; where weights are not in 32 bits
     *     exact for the 128 likeliest only
     * @throws EngineException with DOES_NOT_FIT before anything is read, if there is not the memory for it; with MODEL_UNUSABLE
     *     if what comes out are not numbers
     * @throws java.util.concurrent.CancellationException if called off; the state is then as it was before this call, as
     *     after any other failure
     */
    public float[] read(
            DecoderState state, int[] tokens, Consumer<ReadingProgress> listener, Cancellation cancellation) {
        state.requireOpen();
        requireTokens(tokens);
        int lengthBefore = state.length();
        float[] hiddenBefore = state.lastHidden();
        if (tokens.length > 1) {
            mark(state);
        }
        try {
            if (tokens.length == 1 && singles != null) {
                cancellation.throwIfCancelled();
                return requireNumbers(singles.read(state, tokens[0]));
            }
            pass(state, tokens, LayerObserver.NONE, listener, cancellation);
            return requireNumbers(backend.run(
                    () -> singles != null ? singles.logits(state.lastHidden()) : head.logits(state.lastHidden())));
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
     * @throws EngineException with MODEL_UNUSABLE if what is computed are not numbers
     */
    public ReadingTrace trace(DecoderState state, int[] tokens, int[] positions, Cancellation cancellation) {
        state.requireOpen();
        requireTokens(tokens);
        TraceRecorder recorder = new TraceRecorder(backend, head, config, positions);
        pass(state, tokens, recorder, done -> {}, cancellation);
        ReadingTrace trace = backend.run(() -> recorder.trace(state));
        requireNumbers(trace.lastLogits());
        return trace;
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
            pass(state, again, LayerObserver.NONE, progress -> {}, new Cancellation());
            state.setLastHidden(null);
        }
    }

    /** Passes tokens through all layers, chunk by chunk. */
    private void pass(
            DecoderState state,
            int[] tokens,
            LayerObserver observer,
            Consumer<ReadingProgress> listener,
            Cancellation cancellation) {
        int chunkTokens = chunkTokens(tokens.length);
        if (tokens.length >= CHECKED_TOKENS) {
            plan.require(state.length(), tokens.length, Math.min(chunkTokens, tokens.length));
        }
        ReadingWork work = new ReadingWork(config, state.length(), tokens.length, chunkTokens, listener);
        for (int first = 0; first < tokens.length; first += chunkTokens) {
            int from = first;
            int[] chunk = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + chunkTokens));
            backend.run(() -> {
                if (chunk.length == 1 && singles != null) {
                    cancellation.throwIfCancelled();
                    singles.pass(state, chunk[0], (layer, x) -> show(observer, layer, x));
                    work.passed(from, 1);
                } else {
                    pass(state, chunk, from, work, observer, cancellation).close();
                }
                return null;
            });
        }
    }

    /** How many of some tokens pass the layers together. */
    private int chunkTokens(int tokens) {
        if (options.chunkTokens() > 0) {
            return options.chunkTokens();
        }
        return plan.streamed() ? plan.longestChunk(tokens) : RESIDENT_CHUNK_TOKENS;
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
            int chunkTokens = chunkTokens(tokens.length);
            ReadingWork work = ReadingWork.unheard(config, fork.length(), tokens.length, chunkTokens);
            for (int first = 0; first < tokens.length - 1; first += chunkTokens) {
                int from = first;
                int[] chunk = Arrays.copyOfRange(tokens, from, Math.min(tokens.length - 1, from + chunkTokens));
                long[] targets = new long[chunk.length];
                Arrays.setAll(targets, i -> tokens[from + 1 + i]);
                backend.run(() -> {
                    try (TorchValue hidden = pass(fork, chunk, from, work, LayerObserver.NONE, new Cancellation())) {
                        head.logProbabilities(hidden, targets, results, from + 1);
                    }
                    return null;
                });
            }
        }
        return results;
    }

    /**
     * Passes a chunk through all layers.
     *
     * @param first where the chunk begins within its reading
     * @return the last layer's output {tokens, hidden}
     */
    private TorchValue pass(
            DecoderState state,
            int[] tokens,
            int first,
            ReadingWork work,
            LayerObserver observer,
            Cancellation cancellation) {
        TorchValue x = embed(tokens);
        try (Chunk chunk = new Chunk(backend, state.length(), first, tokens.length, work, cancellation)) {
            for (int i = 0; i < layers.size(); i++) {
                observer.reached(i, x, tokens.length);
                work.at(first, i);
                Layer layer = layers.get(i);
                if (plan.streamed() && tokens.length >= PartWeights.WIDEN_FROM_TOKENS) {
                    fetchAfter(i);
                }
                layer.mixer().forward(x, state.layers().get(i), chunk);
                layer.feedForward().forward(x, chunk);
                if (plan.streamed()) {
                    layer.parts().forEach(LayerPart::evict);
                }
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

    /** Has the next layer's weights come from their file while this one's are used. */
    private void fetchAfter(int index) {
        Layer next = layers.get((index + 1) % layers.size());
        fetcher.execute(() -> next.parts().forEach(LayerPart::fetch));
    }

    private void show(LayerObserver observer, int layer, float[] stream) {
        if (observer != LayerObserver.NONE) {
            try (TorchValue x = backend.tensor(stream, 1, stream.length)) {
                observer.reached(layer, x, 1);
            }
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

    /** Without numbers a token would be chosen all the same, and nobody would see why the text makes no sense. */
    private float[] requireNumbers(float[] logits) {
        for (float logit : logits) {
            if (Float.isNaN(logit)) {
                throw new EngineException(
                        EngineException.Reason.MODEL_UNUSABLE,
                        "What " + config.name()
                                + " computes are not numbers: its weights are damaged, or do not belong to"
                                + " its configuration. Fetch the model again.");
            }
        }
        return logits;
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
            if (singles != null) {
                singles.close();
            }
            if (room != null) {
                room.close();
            }
            return null;
        });
        fetcher.close();
        strips.close();
        backend.close();
    }
}
