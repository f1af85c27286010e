package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.lang.foreign.MemorySegment;

/** A tensor that several states may hold; it is freed when the last lets go of it. Who writes into it must hold it alone. */
final class SharedTensor {
    private final TorchValue tensor;
    private MemorySegment memory;
    private int holders = 1;

    /** A tensor that its maker holds. */
    SharedTensor(TorchValue tensor) {
        this.tensor = tensor;
    }

    TorchValue tensor() {
        return tensor;
    }

    /** Its memory, as long as anybody holds it. */
    MemorySegment memory(TorchBackend backend) {
        if (memory == null) {
            memory = backend.memory(tensor);
        }
        return memory;
    }

    /** One more holds it. */
    SharedTensor share() {
        holders++;
        return this;
    }

    /** Whether only one holds it, who may write. */
    boolean isHeldByOne() {
        return holders == 1;
    }

    /** One who held it does so no more. */
    void release() {
        holders--;
        if (holders == 0) {
            tensor.close();
        }
    }
}
