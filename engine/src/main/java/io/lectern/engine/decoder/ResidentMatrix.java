package io.lectern.engine.decoder;

import io.lectern.engine.model.TensorData;
import io.lectern.engine.torch.TorchValue;

/**
 * A matrix whose numbers the kernels have in memory, or mapped from its file.
 *
 * @param stored as it lies in its checkpoint
 * @param form F32 or BF16
 * @param numbers row after row
 */
record ResidentMatrix(TensorData stored, MatrixForm form, TorchValue numbers) {

    /** Sees matrices. */
    @FunctionalInterface
    interface Visitor {
        void accept(ResidentMatrix matrix);
    }
}
