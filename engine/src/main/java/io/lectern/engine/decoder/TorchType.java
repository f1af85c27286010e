package io.lectern.engine.decoder;

/** The numbers by which kernels know data types: those of TorchScript's serialised dialect. */
final class TorchType {
    static final int U8 = 0;
    static final int I8 = 1;
    static final int F16 = 5;
    static final int F32 = 6;
    static final int BF16 = 15;

    private TorchType() {}
}
