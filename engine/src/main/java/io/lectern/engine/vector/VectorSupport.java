package io.lectern.engine.vector;

/** Whether single tokens can be computed in Java on this machine. */
public final class VectorSupport {
    private static final String MODULE = "jdk.incubator.vector";

    private VectorSupport() {}

    /**
     * Whether the JVM was started with the module of the Vector API ({@code --add-modules jdk.incubator.vector}) and the
     * processor has vectors of at least 256 bits. Nothing else in this package may be used otherwise.
     */
    public static boolean available() {
        return ModuleLayer.boot().findModule(MODULE).isPresent() && Lanes.FLOATS.vectorBitSize() >= Lanes.SMALLEST_BITS;
    }
}
