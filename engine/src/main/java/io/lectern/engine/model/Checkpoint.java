package io.lectern.engine.model;

import java.util.Set;

/** The weights of a model and what they mean. Safe for use from many threads. */
public interface Checkpoint extends AutoCloseable {

    /** What the model is made of. */
    ModelConfig config();

    /** The names of all tensors, in the order of the file. */
    Set<String> names();

    /**
     * A tensor by its canonical name.
     *
     * @throws io.lectern.engine.EngineException if there is none
     */
    TensorData tensor(String name);

    /** Unmaps the files: no tensor's data may be used after. */
    @Override
    void close();
}
