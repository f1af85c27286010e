package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ExpectedTensors;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.vector.TokenStep;
import io.lectern.engine.vector.VectorSupport;

/**
 * The memory that a model's matrices take once they are loaded, known without loading them.
 *
 * @param copied bytes of matrices in a form of their own, for many tokens at a time
 * @param copiedForSteps bytes of those that single tokens need in yet another form, where they are computed in Java
 * @param mapped bytes of matrices that are used where they lie in the file
 */
public record WeightMemory(long copied, long copiedForSteps, long mapped) {

    /** The memory that a checkpoint takes with matrices in this form. */
    public static WeightMemory of(Checkpoint checkpoint, WeightPrecision precision) {
        boolean tied = checkpoint.config().tiedHead();
        boolean steps = VectorSupport.available() && TokenStep.pays(checkpoint);
        long copied = 0;
        long copiedForSteps = 0;
        long mapped = 0;
        for (String name : ExpectedTensors.of(checkpoint.config()).keySet()) {
            TensorData tensor = checkpoint.tensor(name);
            boolean multiplied = tensor.shape().length == 2 && (tied || !name.equals(TensorNames.TOKEN_EMBEDDING));
            if (!multiplied) {
                continue;
            }
            MatrixForm form = MatrixForm.of(tensor, precision);
            if (form.isMapped(tensor)) {
                mapped += form.bytes(tensor);
            } else {
                copied += form.bytes(tensor);
            }
            // Floating-point numbers are shared.
            if (form.isWidenedForMany() && steps) {
                copiedForSteps += TokenStep.copiedBytes(tensor, precision);
            }
        }
        return new WeightMemory(copied, copiedForSteps, mapped);
    }

    /** Bytes that are copied in all. */
    public long allCopied() {
        return copied + copiedForSteps;
    }
}
