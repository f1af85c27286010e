package io.lectern.engine.decoder;

import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.LinkedHashMap;
import java.util.Map;

/** From the last layer's output to the logits of the next token. */
final class Head implements AutoCloseable {
    /** Rows of logits that are in memory at once; a row has one f32 for each word of the vocabulary. */
    private static final int ROWS = 16;

    private final TorchBackend backend;
    private final double normEpsilon;
    private final int hidden;
    private final TorchValue weights;
    private final long packedBytes;

    Head(Checkpoint checkpoint, TorchBackend backend, Strips strips) {
        this.backend = backend;
        normEpsilon = checkpoint.config().normEpsilon();
        hidden = checkpoint.config().hidden();
        TensorData norm = checkpoint.tensor(TensorNames.OUTPUT_NORM);
        TensorData matrix =
                checkpoint.tensor(checkpoint.config().tiedHead() ? TensorNames.TOKEN_EMBEDDING : TensorNames.OUTPUT);
        PackedMatrix packed = PackedMatrix.ofHead(matrix, backend, strips);
        Map<String, TorchValue> tensors = new LinkedHashMap<>();
        tensors.put(TensorNames.OUTPUT_NORM, backend.tensor(norm.readAll(), norm.elements()));
        packed.parts().forEach((suffix, part) -> tensors.put("output." + suffix, part));
        weights = backend.dictionary(tensors);
        tensors.values().forEach(TorchValue::close);
        packedBytes = packed.bytes();
    }

    /** Logits of the token after one with this hidden state. */
    float[] logits(float[] lastHidden) {
        try (TorchValue x = backend.tensor(lastHidden, 1, hidden);
                TorchValue none = backend.tensor(new long[0], 1, 0)) {
            return backend.floats("logits", x, weights, normEpsilon, none);
        }
    }

    /**
     * Natural log-probabilities of tokens.
     *
     * @param x hidden states {tokens, hidden}, each of the token before
     * @param targets the tokens
     * @param into where the log-probabilities go, from {@code at}
     */
    void logProbabilities(TorchValue x, long[] targets, double[] into, int at) {
        for (int first = 0; first < targets.length; first += ROWS) {
            int after = Math.min(targets.length, first + ROWS);
            long[] some = java.util.Arrays.copyOfRange(targets, first, after);
            try (TorchValue rows = backend.call("rows", x, first, after);
                    TorchValue wanted = backend.tensor(some, some.length, 1)) {
                float[] results = backend.floats("log_probabilities", rows, weights, normEpsilon, wanted);
                for (int i = 0; i < results.length; i++) {
                    into[at + first + i] = results[i];
                }
            }
        }
    }

    /** Bytes of the matrix that are read for one token. */
    long packedBytes() {
        return packedBytes;
    }

    @Override
    public void close() {
        weights.close();
    }
}
