package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.vector.TokenStep;
import io.lectern.engine.vector.VectorSupport;

/**
 * The memory that a model's matrices take once they are loaded, known without loading them.
 *
 * @param copied bytes of matrices in a form of their own, and of those in a second one that single tokens are computed with
 * @param mapped bytes of matrices that are used where they lie in the file
 */
public record WeightMemory(long copied, long mapped) {

    /** The memory that a checkpoint takes with matrices in this form. */
    public static WeightMemory of(Checkpoint checkpoint, WeightPrecision precision) {
        boolean tied = checkpoint.config().tiedHead();
        boolean secondForm = VectorSupport.available() && !ResidentWeights.areSharedAt(precision);
        long copied = secondForm ? TokenStep.copiedBytes(checkpoint, precision) : 0;
        long mapped = 0;
        for (String name : checkpoint.names()) {
            TensorData tensor = checkpoint.tensor(name);
            boolean multiplied = tensor.shape().length == 2 && (tied || !name.equals(TensorNames.TOKEN_EMBEDDING));
            if (multiplied) {
                MatrixForm form = MatrixForm.of(tensor, precision);
                if (form.isMapped(tensor)) {
                    mapped += form.bytes(tensor);
                } else {
                    copied += form.bytes(tensor);
                }
            }
        }
        return new WeightMemory(copied, mapped);
    }
}
