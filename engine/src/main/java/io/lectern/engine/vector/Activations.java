package io.lectern.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A vector that matrices are multiplied with. Beside its numbers it has the sums of each 32 of them: a group of codes
 * with an offset adds offset · sum to a product. Whoever writes the numbers calls {@link #ready} before they are used.
 */
public final class Activations {
    /** Numbers of which the sum is kept; weights with offsets come in such groups. */
    static final int GROUP = 32;

    private final float[] numbers;
    private final float[] sums;

    /** So many zeros. */
    public Activations(int length) {
        sums = new float[(length + GROUP - 1) / GROUP];
        numbers = new float[sums.length * GROUP];
    }

    /** A vector with these numbers. */
    public static Activations of(float... numbers) {
        Activations vector = new Activations(numbers.length);
        System.arraycopy(numbers, 0, vector.numbers, 0, numbers.length);
        vector.ready();
        return vector;
    }

    /** The numbers themselves, to be read and written; behind them zeros up to a whole group, which are left alone. */
    public float[] numbers() {
        return numbers;
    }

    /** Sums of numbers 0 to 31, 32 to 63 and so on. */
    float[] sums() {
        return sums;
    }

    /** To be called when the numbers have been written. */
    public void ready() {
        for (int group = 0; group < sums.length; group++) {
            FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, numbers, group * GROUP);
            for (int i = Lanes.WIDTH; i < GROUP; i += Lanes.WIDTH) {
                sum = sum.add(FloatVector.fromArray(Lanes.FLOATS, numbers, group * GROUP + i));
            }
            sums[group] = sum.reduceLanes(VectorOperators.ADD);
        }
    }
}
