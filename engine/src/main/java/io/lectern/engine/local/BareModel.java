package io.lectern.engine.local;

import io.lectern.engine.EngineOptions;
import io.lectern.engine.decoder.DecoderOptions;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.TensorData;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A model that reads tokens by their numbers: weights and decoder, without tokenizer or chat template, so that models which
 * have none can be measured and compared.
 */
public final class BareModel implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final HybridDecoder decoder;

    private BareModel(Checkpoint checkpoint, HybridDecoder decoder) {
        this.checkpoint = checkpoint;
        this.decoder = decoder;
    }

    /**
     * Loads a model.
     *
     * @param model a GGUF file, or a folder of safetensors files
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE and the reason if it cannot be used; with
     *     DEVICE_MISSING if there is no such device to compute on
     */
    public static BareModel open(Path model, EngineOptions options) {
        return open(model, options, DecoderOptions.standard().chunkTokens(), config -> config);
    }

    /**
     * Loads a model that reads in chunks of so many tokens, and whose configuration is changed where this does not change
     * its tensors.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE and the reason if it cannot be used; with
     *     DEVICE_MISSING if there is no such device to compute on
     */
    public static BareModel open(
            Path model, EngineOptions options, int chunkTokens, UnaryOperator<ModelConfig> changed) {
        DecoderOptions decoding = DecoderOptions.of(options).withChunkTokens(chunkTokens);
        Checkpoint stored = Checkpoint.open(model);
        try {
            Checkpoint checkpoint = new Reconfigured(stored, changed.apply(stored.config()));
            return new BareModel(checkpoint, HybridDecoder.load(checkpoint, decoding, options.loading()));
        } catch (RuntimeException | Error e) {
            stored.close();
            throw e;
        }
    }

    /** The same weights with another meaning. */
    private record Reconfigured(Checkpoint stored, ModelConfig config) implements Checkpoint {
        @Override
        public Path path() {
            return stored.path();
        }

        @Override
        public Set<String> names() {
            return stored.names();
        }

        @Override
        public TensorData tensor(String name) {
            return stored.tensor(name);
        }

        @Override
        public void close() {
            stored.close();
        }
    }

    /** What the model is made of. */
    public ModelConfig config() {
        return checkpoint.config();
    }

    /** What reads. */
    public HybridDecoder decoder() {
        return decoder;
    }

    /** Frees the weights. States must be closed before. */
    @Override
    public void close() {
        decoder.close();
        checkpoint.close();
    }
}
