package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Message;
import io.lectern.engine.RestoredContext;
import io.lectern.engine.Snapshots;
import io.lectern.engine.Tokenizer;
import io.lectern.engine.decoder.DecoderOptions;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.decoder.StateLayout;
import io.lectern.engine.decoder.StateMemory;
import io.lectern.engine.generate.ThinkingMarkers;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.ModelTokenizer;
import io.lectern.engine.snapshot.ModelIdentity;
import io.lectern.engine.snapshot.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * An engine that runs a model in this process. The decoder has one thread of its own for native calls, on which contexts
 * take turns chunk by chunk; everything else happens on the threads of those who call.
 */
public final class LocalEngine implements Engine {
    /** However large a model's states are, so many tokens are not to be read twice. */
    private static final int MOST_BETWEEN_SNAPSHOTS = 1 << 16;

    private final ModelTokenizer tokenizer;
    private final ChatTemplate template;
    private final ThinkingMarkers markers;
    private final int window;
    private final long weightBytesPerToken;
    private final Supplier<EngineInfo> info;
    private final Supplier<Past> newPast;
    private final ContextSnapshots snapshots;
    /** What to close with the engine, in order. */
    private final List<Runnable> parts;

    private final Set<LocalContext> open = ConcurrentHashMap.newKeySet();

    /**
     * @param window tokens that a context can hold
     * @param weightBytesPerToken weights that are read to write a token
     * @param newPast makes an empty memory
     * @param layOut makes a memory whose numbers are yet to be filled in
     * @param identity on what the numbers in a memory depend
     * @param parts what to close with the engine, in order
     */
    LocalEngine(
            ModelTokenizer tokenizer,
            ChatTemplate template,
            int window,
            long weightBytesPerToken,
            Supplier<EngineInfo> info,
            Supplier<Past> newPast,
            Function<StateLayout, Past> layOut,
            Supplier<ModelIdentity> identity,
            List<Runnable> parts) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.markers = markers(template, tokenizer);
        this.window = window;
        this.weightBytesPerToken = weightBytesPerToken;
        this.info = info;
        this.newPast = newPast;
        this.snapshots =
                new ContextSnapshots(identity, layOut, talk -> Conversation.resume(template, tokenizer, markers, talk));
        this.parts = new ArrayList<>(parts);
    }

    /**
     * Loads a model.
     *
     * @param path of a GGUF file, or of a folder of safetensors files
     * @throws EngineException with MODEL_UNUSABLE if a file is damaged or of a kind that is not known, or its tokenizer or
     *     chat template cannot be used; with DEVICE_MISSING if there is no such device to compute on; with FAILED if the
     *     tensor runtime is not available
     */
    public static LocalEngine open(Path path, EngineOptions options) {
        DecoderOptions decoding = DecoderOptions.of(options);
        Checkpoint checkpoint = Checkpoint.open(path);
        List<Runnable> parts = new ArrayList<>(List.of(checkpoint::close));
        try {
            WeightsHash hash = WeightsHash.of(checkpoint.files());
            ModelTokenizer tokenizer = ModelTokenizer.of(checkpoint);
            parts.addFirst(tokenizer::close);
            ChatTemplate template = ChatTemplate.of(checkpoint, tokenizer);
            // A template that cannot be rendered is found now, not at the first question.
            Conversation.begin(template, tokenizer, markers(template, tokenizer))
                    .append(Message.user("?"))
                    .after()
                    .openReply(true);
            HybridDecoder decoder = HybridDecoder.load(checkpoint, decoding, options.loading());
            parts.addFirst(decoder::close);
            int window = options.contextWindow() == 0
                    ? checkpoint.config().contextLength()
                    : Math.min(options.contextWindow(), checkpoint.config().contextLength());
            Supplier<EngineInfo> info = () -> new EngineInfo(
                    checkpoint.config().name(),
                    checkpoint.config().architecture(),
                    checkpoint.quantization(),
                    hash.value(),
                    checkpoint.parameters(),
                    window,
                    decoder.bytesPerToken(),
                    "this machine (CPU, " + options.threads() + (options.threads() == 1 ? " thread)" : " threads)"),
                    true,
                    true);
            return new LocalEngine(
                    tokenizer,
                    template,
                    window,
                    decoder.weightBytesPerToken(),
                    info,
                    () -> new DecoderPast(decoder, decoder.newState()),
                    layout -> new DecoderPast(decoder, decoder.newState(layout)),
                    () -> identity(hash.value(), checkpoint.config(), options, tokenizer, template),
                    parts);
        } catch (RuntimeException | Error e) {
            parts.forEach(Runnable::run);
            throw e;
        }
    }

    private static ThinkingMarkers markers(ChatTemplate template, ModelTokenizer tokenizer) {
        return ThinkingMarkers.of(
                template.text(),
                () -> IntStream.range(0, tokenizer.size())
                        .mapToObj(token -> new String(tokenizer.bytes(token), StandardCharsets.UTF_8)));
    }

    /** On what the numbers depend that a context remembers, beside its tokens. */
    private static ModelIdentity identity(
            String weights,
            ModelConfig config,
            EngineOptions options,
            ModelTokenizer tokenizer,
            ChatTemplate template) {
        List<Object> layers =
                List.of(config.vocabulary(), config.hidden(), config.normEpsilon(), config.tiedHead(), config.layers());
        return new ModelIdentity(Map.of(
                "the model's weights", weights,
                "the model's layers", Sha256.hex(layers.toString()),
                "the form of the weights", options.weights().name(),
                "the form of keys and values", options.cache().name(),
                "the tokenizer", tokenizer.fingerprint(),
                "the chat template", Sha256.hex(template.text()),
                "the program's computation", Sha256.hex(HybridDecoder.kernels())));
    }

    /** What this engine is; waits for the hash of the weights if that is not known yet. */
    @Override
    public EngineInfo info() {
        return info.get();
    }

    @Override
    public boolean thinks() {
        return markers.expected();
    }

    @Override
    public long weightBytesPerToken() {
        return weightBytesPerToken;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Context newContext() {
        return open(new ContextSnapshots.Parts(newPast.get(), begin(), new int[0], List.of()));
    }

    private Conversation begin() {
        return Conversation.begin(template, tokenizer, markers);
    }

    private LocalContext open(ContextSnapshots.Parts contextParts) {
        return remember(new LocalContext(this, contextParts));
    }

    @Override
    public RestoredContext restore(
            Snapshots where, List<Message> messages, Snapshots.Listener listener, Cancellation cancellation) {
        long startedAt = System.nanoTime();
        ContextSnapshots.Restored restored = snapshots.restore(where, begin(), messages, listener, cancellation);
        Context context = restored.parts().<Context>map(this::open).orElseGet(this::newContext);
        return new RestoredContext(
                context, restored.messages(), (System.nanoTime() - startedAt) / 1e9, restored.passedOver());
    }

    @Override
    public Context restore(Snapshots where, String id, Snapshots.Listener listener, Cancellation cancellation) {
        return open(snapshots.restore(where, id, listener, cancellation));
    }

    @Override
    public int tokensBetweenSnapshots() {
        try (Past empty = newPast.get()) {
            StateMemory memory = empty.memory();
            return Math.clamp(
                    memory.fixedBytes() / memory.bytesPerToken(),
                    Engine.super.tokensBetweenSnapshots(),
                    MOST_BETWEEN_SNAPSHOTS);
        }
    }

    ContextSnapshots snapshots() {
        return snapshots;
    }

    /** Closes the contexts that are left, waiting for what they are doing, and frees the weights. */
    @Override
    public synchronized void close() {
        List.copyOf(open).forEach(LocalContext::close);
        parts.forEach(Runnable::run);
        parts.clear();
    }

    ModelTokenizer modelTokenizer() {
        return tokenizer;
    }

    ThinkingMarkers markers() {
        return markers;
    }

    int window() {
        return window;
    }

    /** Keeps a context in mind, so that its memory is freed with the engine at the latest. */
    LocalContext remember(LocalContext context) {
        open.add(context);
        return context;
    }

    void forget(LocalContext context) {
        open.remove(context);
    }
}
