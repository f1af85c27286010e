package io.lectern.engine.decoder;

import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.HashMap;
import java.util.Map;

/** Collects a {@link ReadingTrace}. */
final class TraceRecorder implements LayerObserver {
    private final TorchBackend backend;
    private final Head head;
    private final ModelConfig config;
    private final int[] positions;
    private final Map<Integer, float[]> lastHidden = new HashMap<>();
    private final float[] logitsAt;
    /** Tokens in chunks that have passed all layers. */
    private int passed;
    /** Positions whose logits are known. */
    private int known;

    TraceRecorder(TorchBackend backend, Head head, ModelConfig config, int[] positions) {
        this.backend = backend;
        this.head = head;
        this.config = config;
        this.positions = positions.clone();
        logitsAt = new float[Math.multiplyExact(positions.length, config.vocabulary())];
    }

    @Override
    public void reached(int layer, TorchValue x, int tokens) {
        float[] last = row(x, tokens - 1);
        if (layer < config.layers().size()) {
            lastHidden.put(layer, last);
            return;
        }
        lastHidden.put(layer, head.normed(last));
        for (; known < positions.length && positions[known] < passed + tokens; known++) {
            float[] logits = head.logits(row(x, positions[known] - passed));
            System.arraycopy(logits, 0, logitsAt, known * logits.length, logits.length);
        }
        passed += tokens;
    }

    private float[] row(TorchValue x, int row) {
        try (TorchValue single = backend.call("rows", x, row, row + 1)) {
            return backend.floats(single);
        }
    }

    /** What was seen, after all chunks have passed. */
    ReadingTrace trace(DecoderState state) {
        Map<Integer, float[]> lightning = new HashMap<>();
        for (int layer = 0; layer < state.layers().size(); layer++) {
            if (state.layers().get(layer) instanceof LightningState matrices) {
                lightning.put(layer, backend.floats(matrices.toRead()));
            }
        }
        return new ReadingTrace(head.logits(state.lastHidden()), logitsAt, lastHidden, lightning);
    }
}
