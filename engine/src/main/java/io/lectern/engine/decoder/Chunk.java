package io.lectern.engine.decoder;

import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.HashMap;
import java.util.Map;

/** Where the tokens that pass through the layers together stand, and what all layers can share about that. */
final class Chunk implements AutoCloseable {
    private final TorchBackend backend;
    private final int position;
    private final int tokens;
    private final Map<Rotary, TorchValue> angles = new HashMap<>();

    /** Tokens from a position on. */
    Chunk(TorchBackend backend, int position, int tokens) {
        this.backend = backend;
        this.position = position;
        this.tokens = tokens;
    }

    int tokens() {
        return tokens;
    }

    /** Cosines and sines of the rotary embedding of these tokens, made once for all layers. */
    TorchValue angles(Rotary rotary) {
        return angles.computeIfAbsent(
                rotary, key -> backend.call("rotary_angles", position, tokens, key.dimensions(), key.theta()));
    }

    @Override
    public void close() {
        angles.values().forEach(TorchValue::close);
    }
}
