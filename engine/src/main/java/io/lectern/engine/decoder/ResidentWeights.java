package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ModelConfig;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import io.lectern.engine.torch.TorchBackend;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint that shows the matrices which the kernels have in memory where they are, so that what computes in Java reads
 * the same memory: numbers that were copied are there once, and a file's pages are mapped once. The kernels' matrices must
 * stay as long as this is used.
 */
final class ResidentWeights implements Checkpoint {
    private final Checkpoint checkpoint;
    private final WeightPrecision precision;
    private final TorchBackend backend;
    private final Map<String, TensorData> resident = new HashMap<>();

    ResidentWeights(Checkpoint checkpoint, WeightPrecision precision, TorchBackend backend) {
        this.checkpoint = checkpoint;
        this.precision = precision;
        this.backend = backend;
    }

    /** Whether the kernels' copies of matrices have the form that is wanted in Java: plain numbers of that precision. */
    static boolean areSharedAt(WeightPrecision precision) {
        return precision == WeightPrecision.F32 || precision == WeightPrecision.BF16;
    }

    /** Shows a matrix where it is in memory, if it has the form that is wanted. */
    void add(ResidentMatrix matrix) {
        TensorData stored = matrix.stored();
        if (areSharedAt(precision) || matrix.form().isMapped(stored)) {
            TensorType type = matrix.form() == MatrixForm.F32 ? TensorType.F32 : TensorType.BF16;
            TensorData shown = new TensorData(
                    stored.name(),
                    stored.shape(),
                    type,
                    backend.memory(matrix.numbers()).asReadOnly(),
                    stored.file(),
                    stored.offset());
            resident.put(stored.name(), shown);
        }
    }

    @Override
    public ModelConfig config() {
        return checkpoint.config();
    }

    @Override
    public Path path() {
        return checkpoint.path();
    }

    @Override
    public Set<String> names() {
        return checkpoint.names();
    }

    @Override
    public TensorData tensor(String name) {
        TensorData shown = resident.get(name);
        return shown == null ? checkpoint.tensor(name) : shown;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
