package io.lectern.engine;

/** How the keys and values of softmax attention are kept. The states of Lightning attention are in 32 bits always. */
public enum CacheType {
    F32,
    F16,
    BF16,
    /** 8-bit codes with a scale for each token and head. */
    INT8
}
