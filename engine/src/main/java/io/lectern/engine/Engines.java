package io.lectern.engine;

import io.lectern.engine.local.LocalEngine;
import io.lectern.engine.local.LocalModels;
import io.lectern.engine.remote.RemoteEngine;
import io.lectern.engine.remote.TokenizerFile;
import io.lectern.engine.snapshot.SnapshotStore;
import java.net.URI;
import java.nio.file.Path;

/** Opens engines: the only place outside an implementation that knows one. */
public final class Engines {
    private Engines() {}

    /**
     * Loads a model to run in this process.
     *
     * @param model a GGUF file, or a folder of safetensors files
     * @throws EngineException with MODEL_UNUSABLE and the reason if it cannot be used
     */
    public static Engine open(Path model, EngineOptions options) {
        return LocalEngine.open(model, options);
    }

    /**
     * Describes a model without loading it.
     *
     * @param options what it is to run with
     * @throws EngineException with MODEL_UNUSABLE and the reason if it cannot be used
     */
    public static ModelDescription describe(Path model, EngineOptions options) {
        return LocalModels.describe(model, options);
    }

    /**
     * The tokenizer of a model, to count with, without loading the model. It lives as long as the process.
     *
     * @param model a model file or folder, or a {@code tokenizer.json}
     * @throws EngineException with MODEL_UNUSABLE and the reason if it cannot be used
     */
    public static Tokenizer tokenizer(Path model) {
        return model.toString().endsWith(".json") ? TokenizerFile.open(model) : LocalModels.tokenizer(model);
    }

    /**
     * Connects to a server that speaks the OpenAI interface. Nothing but a question for its models is sent by this.
     *
     * @param base of the interface, such as {@code http://host:8000/v1}
     * @throws EngineException with SERVER and what the user can do if it cannot be used
     */
    public static Engine connect(URI base, RemoteOptions options) {
        return RemoteEngine.connect(base, options);
    }

    /** Bytes that the snapshots in a folder take; 0 if there are none. */
    public static long snapshotBytes(Path folder) {
        return SnapshotStore.bytes(folder);
    }

    /**
     * Deletes all snapshots in a folder, whatever their key; waits until nobody uses them.
     *
     * @return bytes that they took
     * @throws EngineException with FAILED if they cannot be deleted
     */
    public static long removeSnapshots(Path folder) {
        return SnapshotStore.clear(folder);
    }
}
