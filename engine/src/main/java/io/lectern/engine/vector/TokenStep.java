package io.lectern.engine.vector;

import io.lectern.engine.CacheType;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ExpectedTensors;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.FeedForward;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.Mixer;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.model.TensorType;
import io.lectern.engine.vector.LayerStep.Part;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/**
 * A model for single tokens of one or more sequences: what the decoder's kernels do for a chunk of tokens, in Java, over the same memories of
 * the layers. Its products are those of the weights as they lie in the checkpoint, or packed once. Used by one thread at
 * a time.
 */
public final class TokenStep implements AutoCloseable {
    /** How long the JVM is given at most to compile what a token passes. */
    private static final long WARMING_NANOS = 800_000_000;

    private static final int WARMING_TOKENS = 200;

    private final ModelConfig config;
    private final Workers workers;
    private final List<LayerStep> layers = new ArrayList<>();
    private final Rooms<LayerStep.Room> rooms;
    private final float[] norm;
    private final VectorMatrix head;

    /**
     * Packs the weights that are not used as they lie.
     *
     * @param config what the model is made of
     * @param tensors finds them by canonical name; their memory must stay as long as the step
     * @param precision in what form the matrices of layers and head are multiplied; routers are as they are stored
     * @param threads that work on each product
     */
    public TokenStep(ModelConfig config, Function<String, TensorData> tensors, WeightPrecision precision, int threads) {
        this.config = config;
        workers = new Workers(threads);
        rooms = new Rooms<>(() -> new LayerStep.Room(config.hidden()));
        norm = tensors.apply(TensorNames.OUTPUT_NORM).readAll();
        try {
            Map<Rotary, Rotation> rotations = new HashMap<>();
            for (int index = 0; index < config.layers().size(); index++) {
                layers.add(new LayerWeights(config.layers().get(index), tensors, index, precision, workers)
                        .step(rotations));
            }
            head = VectorMatrix.of(
                    tensors.apply(config.tiedHead() ? TensorNames.TOKEN_EMBEDDING : TensorNames.OUTPUT),
                    precision,
                    workers);
            warmUp();
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
    }

    /**
     * Passes tokens that mean nothing through the first layer of each kind, until the JVM has likely compiled what they pass:
     * vectors are very slow before that, and the first answer would begin with it.
     */
    private void warmUp() {
        long until = System.nanoTime() + WARMING_NANOS;
        Map<List<?>, Integer> kinds = new LinkedHashMap<>();
        for (int index = 0; index < layers.size(); index++) {
            kinds.putIfAbsent(layers.get(index).kind(), index);
        }
        List<LayerMemory> memories = kinds.values().stream()
                .map(index -> emptyMemory(config.layers().get(index).mixer()))
                .toList();
        for (int token = 0; token < WARMING_TOKENS && System.nanoTime() < until; token++) {
            Iterator<LayerMemory> memory = memories.iterator();
            for (int index : kinds.values()) {
                layers.get(index)
                        .forward(
                                List.of(new float[config.hidden()]),
                                List.of(memory.next()),
                                new long[] {token},
                                config.normEpsilon(),
                                rooms.first(1));
            }
        }
    }

    private static LayerMemory emptyMemory(Mixer mixer) {
        return switch (mixer) {
            case Lightning lightning ->
                new LayerMemory.States(
                        Arena.ofAuto().allocate(lightning.rememberedAlways() * Float.BYTES, Float.BYTES));
            case Softmax softmax -> {
                int tokens = 512;
                MemorySegment numbers =
                        Arena.ofAuto().allocate(tokens * softmax.rememberedPerToken() * Short.BYTES, Short.BYTES);
                yield new LayerMemory.KeysAndValues(
                        CacheType.F16, List.of(new LayerMemory.Block(numbers, null, tokens, tokens - 1)));
            }
        };
    }

    /**
     * Whether single tokens pass faster here than in the tensor runtime: not those of matrices with 4-bit codes in a GGUF file,
     * which both unpack more slowly than memory is read, and the tensor runtime less slowly.
     */
    public static boolean pays(Checkpoint checkpoint) {
        return ExpectedTensors.of(checkpoint.config()).keySet().stream()
                .map(checkpoint::tensor)
                .map(TensorData::type)
                .noneMatch(type -> type == TensorType.Q4_0 || type == TensorType.Q4_1 || type == TensorType.Q4_K);
    }

    /** Bytes that a matrix takes here beside where it lies: none if it is used there. */
    public static long copiedBytes(TensorData matrix, WeightPrecision precision) {
        return VectorMatrix.copiedBytes(matrix, precision);
    }

    /** Finds and packs the tensors of one layer. */
    private record LayerWeights(
            LayerSpec spec,
            Function<String, TensorData> tensors,
            int index,
            WeightPrecision precision,
            Workers workers) {

        LayerStep step(Map<Rotary, Rotation> rotations) {
            return new LayerStep(
                    new Part<>(mixer(spec.mixer(), rotations), vector(TensorNames.MIXER_NORM), spec.mixerResidual()),
                    new Part<>(
                            feedForward(spec.feedForward()),
                            vector(TensorNames.FEED_FORWARD_NORM),
                            spec.feedForwardResidual()));
        }

        private MixerStep mixer(Mixer mixer, Map<Rotary, Rotation> rotations) {
            return switch (mixer) {
                case Lightning lightning ->
                    new LightningStep(
                            lightning,
                            matrix(TensorNames.LIGHTNING_QUERY_KEY_VALUE),
                            matrix(TensorNames.LIGHTNING_GATE),
                            vector(TensorNames.LIGHTNING_NORM),
                            matrix(TensorNames.ATTENTION_OUTPUT),
                            workers);
                case Softmax softmax ->
                    new SoftmaxStep(
                            softmax,
                            matrix(TensorNames.QUERY),
                            matrix(TensorNames.KEY),
                            matrix(TensorNames.VALUE),
                            softmax.biased()
                                    ? join(
                                            vector(TensorNames.QUERY_BIAS),
                                            vector(TensorNames.KEY_BIAS),
                                            vector(TensorNames.VALUE_BIAS))
                                    : new float[0],
                            matrix(TensorNames.ATTENTION_OUTPUT),
                            rotations.computeIfAbsent(softmax.rotary(), Rotation::new),
                            workers);
            };
        }

        private FeedForwardStep feedForward(FeedForward feedForward) {
            return switch (feedForward) {
                case Dense dense ->
                    new DenseStep(
                            expert(
                                    TensorNames.FEED_FORWARD_GATE,
                                    TensorNames.FEED_FORWARD_UP,
                                    TensorNames.FEED_FORWARD_DOWN),
                            workers);
                case MixtureOfExperts mixture -> {
                    List<Expert> experts = new ArrayList<>();
                    for (int i = 0; i < mixture.experts(); i++) {
                        experts.add(expert(
                                TensorNames.ofExpert(i, TensorNames.FEED_FORWARD_GATE),
                                TensorNames.ofExpert(i, TensorNames.FEED_FORWARD_UP),
                                TensorNames.ofExpert(i, TensorNames.FEED_FORWARD_DOWN)));
                    }
                    boolean shared = mixture.shared().isPresent();
                    yield new ExpertsStep(
                            mixture,
                            stored(TensorNames.ROUTER),
                            experts,
                            shared
                                    ? expert(TensorNames.SHARED_GATE, TensorNames.SHARED_UP, TensorNames.SHARED_DOWN)
                                    : null,
                            shared ? stored(TensorNames.SHARED_COEFFICIENT) : null,
                            workers);
                }
            };
        }

        private Expert expert(String gate, String up, String down) {
            return new Expert(matrix(gate), matrix(up), matrix(down));
        }

        private VectorMatrix matrix(String name) {
            return VectorMatrix.of(tensors.apply(TensorNames.ofLayer(index, name)), precision, workers);
        }

        private VectorMatrix stored(String name) {
            return VectorMatrix.of(tensors.apply(TensorNames.ofLayer(index, name)), WeightPrecision.AS_STORED, workers);
        }

        private float[] vector(String name) {
            return tensors.apply(TensorNames.ofLayer(index, name)).readAll();
        }

        private static float[] join(float[]... vectors) {
            int length = 0;
            for (float[] vector : vectors) {
                length += vector.length;
            }
            float[] joined = new float[length];
            int at = 0;
            for (float[] vector : vectors) {
                System.arraycopy(vector, 0, joined, at, vector.length);
                at += vector.length;
            }
            return joined;
        }
    }

    /**
     * A token and the sequence that it goes on.
     *
     * @param x the token's embedding, one number for each of the stream; becomes the last layer's output
     * @param position of the token, from 0
     * @param memories of the layers, first to last, of this sequence
     */
    public record SequenceToken(float[] x, long position, List<LayerMemory> memories) {}

    /**
     * Passes tokens of different sequences through all layers, which remember them. Together they cost less than one by one:
     * weights come from memory once for all.
     *
     * @param tokens at least one
     * @param observer sees the first token's x and the layer before which it is so; the number of layers behind the last
     */
    public void forward(List<SequenceToken> tokens, ObjIntConsumer<float[]> observer) {
        List<float[]> xs = tokens.stream().map(SequenceToken::x).toList();
        long[] positions = tokens.stream().mapToLong(SequenceToken::position).toArray();
        List<LayerStep.Room> ofTokens = rooms.first(tokens.size());
        for (int index = 0; index < layers.size(); index++) {
            int layer = index;
            observer.accept(xs.getFirst(), layer);
            List<LayerMemory> memories =
                    tokens.stream().map(token -> token.memories().get(layer)).toList();
            layers.get(layer).forward(xs, memories, positions, config.normEpsilon(), ofTokens);
        }
        observer.accept(xs.getFirst(), layers.size());
    }

    /**
     * Logits of the tokens after those with these last layers' outputs, one for each word of the vocabulary.
     *
     * @param xs are not changed
     */
    public List<float[]> logits(List<float[]> xs) {
        List<LayerStep.Room> ofTokens = rooms.first(xs.size());
        List<float[]> logits = new ArrayList<>();
        for (int i = 0; i < xs.size(); i++) {
            float[] x = xs.get(i);
            Activations normed = ofTokens.get(i).normed;
            VectorFunctions.rmsNorm(x, x.length, norm, config.normEpsilon(), normed.numbers());
            normed.ready();
            logits.add(new float[head.rows()]);
        }
        List<Activations> normed = ofTokens.stream().map(room -> room.normed).toList();
        Products.compute(workers, List.of(new Products.Product(head, normed, logits, 0)));
        return logits;
    }

    /** Bytes of weights that are read for a token. */
    public long weightBytesPerToken() {
        return layers.stream().mapToLong(LayerStep::bytes).sum() + head.bytes();
    }

    /** Ends the workers. */
    @Override
    public void close() {
        workers.close();
    }
}
