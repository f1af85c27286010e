package io.lectern.engine;

import io.lectern.engine.model.CodeFormat;
import io.lectern.engine.model.QuantizedModel;
import io.lectern.engine.model.RandomModel;
import io.lectern.engine.model.TensorType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoubleConsumer;

/** Writes model folders of MiniMax's architecture. */
public final class ModelFolders {
    /** Elements that share a scale in codes of 4 bits, unless something else is asked for. */
    private static final int USUAL_INT4_GROUP = 128;

    private ModelFolders() {}

    /**
     * What a random model is to be.
     *
     * @param seed on which, and on the configuration, the weights depend
     * @param weights F32 or BF16; with INT8 and INT4 what is no code is BF16
     * @param group elements of a row that share a scale, where weights are codes; 128 for INT4 and the whole row for INT8 if
     *     it is not given
     * @param tokenizer a {@code tokenizer.json} or a GGUF file whose tokenizer is written; one of bytes if it is not given
     */
    public record RandomOptions(long seed, WeightPrecision weights, OptionalInt group, Optional<Path> tokenizer) {}

    /**
     * Writes a folder with random weights, to test and to measure with.
     *
     * @param configuration a {@code config.json}, in either of MiniMax's layouts
     * @param destination where nothing may stand yet
     * @param progress hears how much is written, from 0 to 1
     * @throws EngineException with MODEL_UNUSABLE if the configuration or the tokenizer cannot be used or something stands at
     *     {@code destination}; with DOES_NOT_FIT if the disk has too little space
     */
    public static void random(Path configuration, Path destination, RandomOptions options, DoubleConsumer progress) {
        RandomModel.write(
                configuration,
                destination,
                options.seed(),
                options.weights() == WeightPrecision.F32 ? TensorType.F32 : TensorType.BF16,
                codes(options.weights(), options.group()),
                options.tokenizer(),
                progress);
    }

    /**
     * Writes a folder anew with its matrices as codes, in the conventions of compressed-tensors. Routers, norms, embeddings
     * and head stay as they are.
     *
     * @param source a model folder with floating-point weights
     * @param destination where nothing may stand yet
     * @param weights INT8 or INT4
     * @param group elements of a row that share a scale; 128 for INT4 and the whole row for INT8 if it is not given
     * @param progress hears how much is written, from 0 to 1
     * @throws EngineException with MODEL_UNUSABLE if {@code source} cannot be used, holds codes already, or something stands
     *     at {@code destination}; with DOES_NOT_FIT if the disk has too little space
     */
    public static void quantize(
            Path source, Path destination, WeightPrecision weights, OptionalInt group, DoubleConsumer progress) {
        CodeFormat codes = codes(weights, group)
                .orElseThrow(
                        () -> new IllegalArgumentException("weights become codes of INT8 or INT4, not " + weights));
        QuantizedModel.write(source, destination, codes, progress);
    }

    private static Optional<CodeFormat> codes(WeightPrecision weights, OptionalInt group) {
        return switch (weights) {
            case AS_STORED -> throw new IllegalArgumentException("say how the weights are to be stored");
            case F32, BF16 -> Optional.empty();
            case INT8 -> Optional.of(new CodeFormat(8, group.orElse(0)));
            case INT4 -> Optional.of(new CodeFormat(4, group.orElse(USUAL_INT4_GROUP)));
        };
    }
}
