package io.lectern.engine.torch;

import ai.djl.pytorch.jni.IValue;

/**
 * Something that lives in the tensor runtime: a tensor, a list or a dictionary of tensors. It has no finaliser: who
 * asked for it closes it, on the runtime's thread.
 */
public final class TorchValue implements AutoCloseable {
    private final IValue value;

    TorchValue(IValue value) {
        this.value = value;
    }

    IValue value() {
        return value;
    }

    /** Lets go of it; the memory is freed when nothing else refers to it. */
    @Override
    public void close() {
        value.close();
    }
}
