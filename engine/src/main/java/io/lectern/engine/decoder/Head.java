package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * From the last layer's output to the logits of the next token. The head is the largest matrix of a small model, so it is
 * read as 4-bit codes, or bf16 if it is not quantised, which say well enough which tokens come into question; the logits of
 * the likeliest, and of those that are asked for, are then computed from the file's own rows in 32 bits. A head that is
 * multiplied in 32 bits needs no second look.
 */
final class Head implements AutoCloseable {
    /** Rows of logits that are in memory at once; a row has one f32 for each word of the vocabulary. */
    private static final int ROWS = 16;

    /** Tokens whose logits are exact. */
    private static final int EXACT = 128;

    private final TorchBackend backend;
    private final double normEpsilon;
    private final int hidden;
    private final TensorData matrix;
    /** Whether the first product is in 32 bits already. */
    private final boolean exact;

    private final TorchValue norm;
    private final TorchValue weights;
    private final long packedBytes;
    private final TensorData inMemory;

    Head(Checkpoint checkpoint, WeightPrecision precision, TorchBackend backend, Strips strips) {
        this.backend = backend;
        normEpsilon = checkpoint.config().normEpsilon();
        hidden = checkpoint.config().hidden();
        matrix = checkpoint.tensor(checkpoint.config().tiedHead() ? TensorNames.TOKEN_EMBEDDING : TensorNames.OUTPUT);
        norm = backend.tensor(checkpoint.tensor(TensorNames.OUTPUT_NORM).readAll(), hidden);
        MatrixForm own = MatrixForm.of(matrix, precision);
        exact = own == MatrixForm.F32;
        // The coarse look takes 4 bits where the matrix is quantised at all.
        MatrixForm form = exact || !matrix.type().isQuantized() ? own : MatrixForm.of(matrix, WeightPrecision.INT4);
        PackedMatrix packed = PackedMatrix.of(matrix, form, backend, strips);
        Map<String, TorchValue> parts = new LinkedHashMap<>();
        packed.parts().forEach((suffix, part) -> parts.put("output." + suffix, part));
        weights = backend.dictionary(parts);
        inMemory = form.isWidenedForMany() ? matrix : packed.inMemory(matrix, form, backend);
        parts.values().forEach(TorchValue::close);
        packedBytes = form.bytes(matrix);
    }

    /** Logits of the token after one with this hidden state. */
    float[] logits(float[] lastHidden) {
        try (TorchValue x = backend.tensor(lastHidden, 1, hidden);
                TorchValue logits = logits(x, 1, new long[0])) {
            return backend.floats(logits);
        }
    }

    /** A hidden state behind the last norm. */
    float[] normed(float[] lastHidden) {
        try (TorchValue x = backend.tensor(lastHidden, 1, hidden)) {
            return backend.floats("rms_norm", x, norm, normEpsilon);
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
            long[] some = Arrays.copyOfRange(targets, first, after);
            try (TorchValue rows = backend.call("rows", x, first, after);
                    TorchValue logits = logits(rows, some.length, some);
                    TorchValue wanted = backend.tensor(some, some.length, 1)) {
                float[] results = backend.floats("log_probabilities", logits, wanted);
                for (int i = 0; i < results.length; i++) {
                    into[at + first + i] = results[i];
                }
            }
        }
    }

    /**
     * Logits {tokens, vocabulary}.
     *
     * @param targets one token for each row whose logit must be exact, or none
     */
    private TorchValue logits(TorchValue x, int tokens, long[] targets) {
        try (TorchValue normed = backend.call("rms_norm", x, norm, normEpsilon)) {
            return exact ? backend.call("project", normed, weights, "output") : refined(normed, tokens, targets);
        }
    }

    private TorchValue refined(TorchValue normed, int tokens, long[] targets) {
        try (TorchValue coarse = backend.call("project", normed, weights, "output")) {
            float[] likeliest = backend.floats("likeliest", coarse, EXACT);
            int best = likeliest.length / tokens;
            int each = best + targets.length / tokens;
            long[] candidates = new long[tokens * each];
            float[] rows = new float[candidates.length * hidden];
            for (int i = 0; i < candidates.length; i++) {
                int token = i / each;
                int rank = i % each;
                candidates[i] = rank < best ? (long) likeliest[token * best + rank] : targets[token];
                System.arraycopy(matrix.readRows(candidates[i], 1), 0, rows, i * hidden, hidden);
            }
            try (TorchValue ids = backend.tensor(candidates, tokens, each);
                    TorchValue exactRows = backend.tensor(rows, tokens, each, hidden)) {
                return backend.call("refine_logits", coarse, normed, ids, exactRows);
            }
        }
    }

    /** Bytes of the matrix that are read for one token. */
    long packedBytes() {
        return packedBytes;
    }

    /** The matrix, if it is one of floating-point numbers as it lies in memory. */
    TensorData inMemory() {
        return inMemory;
    }

    @Override
    public void close() {
        norm.close();
        weights.close();
    }
}
