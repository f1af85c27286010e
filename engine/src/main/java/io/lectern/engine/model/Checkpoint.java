package io.lectern.engine.model;

import io.lectern.engine.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The weights of a model and what they mean. Safe for use from many threads. */
public interface Checkpoint extends AutoCloseable {

    /**
     * Opens a GGUF file or a model folder.
     *
     * @throws EngineException with MODEL_UNUSABLE, as {@link GgufCheckpoint#open} and {@link SafetensorsCheckpoint#open}
     */
    static Checkpoint open(Path path) {
        return Files.isDirectory(path) ? SafetensorsCheckpoint.open(path) : GgufCheckpoint.open(path);
    }

    /** What the model is made of. */
    ModelConfig config();

    /** Where the file or folder lies. */
    Path path();

    /** The files on which depends what the model writes, in order of name. */
    default List<Path> files() {
        return List.of(path());
    }

    /** The names of all tensors, in the order of the file. */
    Set<String> names();

    /**
     * A tensor by its canonical name.
     *
     * @throws EngineException if there is none
     */
    TensorData tensor(String name);

    /** Number of weights. */
    default long parameters() {
        return names().stream().mapToLong(name -> tensor(name).elements()).sum();
    }

    /** How the weights are quantised, such as "Q4_K_M"; empty if it is not known or they are not. */
    default String quantization() {
        return "";
    }

    /** The chat template that its makers wrote, if there is one. */
    default Optional<String> chatTemplate() {
        return Optional.empty();
    }

    /**
     * The tokens, and how text is cut into them.
     *
     * @throws EngineException with MODEL_UNUSABLE if the checkpoint has none, or one that this engine does not know
     */
    default Vocabulary vocabulary() {
        throw Unusable.file(path(), Unusable.NO_TOKENIZER);
    }

    /** Unmaps the files: no tensor's data may be used after. */
    @Override
    void close();
}
