package io.lectern.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Functions of vectors of numbers between the products of a layer. Sums and functions are in 32 bits. */
final class VectorFunctions {
    private VectorFunctions() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(Lanes.FLOATS, x, at);
    }

    /** Root mean square norm: y = weight · x / sqrt(mean(x²) + epsilon). y may be x. */
    static void rmsNorm(float[] x, int count, float[] weight, double epsilon, float[] y) {
        FloatVector squares = FloatVector.zero(Lanes.FLOATS);
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            FloatVector v = load(x, i);
            squares = v.fma(v, squares);
        }
        double sum = squares.reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += (double) x[i] * x[i];
        }
        float scale = (float) (1 / Math.sqrt(sum / count + epsilon));
        for (i = 0; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            load(x, i).mul(scale).mul(load(weight, i)).intoArray(y, i);
        }
        for (; i < count; i++) {
            y[i] = x[i] * scale * weight[i];
        }
    }

    /** x ← silu(x) = x / (1 + e^−x), for {@code count} numbers from {@code at}. */
    static void silu(float[] x, int at, int count) {
        int i = at;
        for (; i <= at + count - Lanes.WIDTH; i += Lanes.WIDTH) {
            FloatVector v = load(x, i);
            v.mul(sigmoid(v)).intoArray(x, i);
        }
        for (; i < at + count; i++) {
            x[i] *= sigmoid(x[i]);
        }
    }

    /** y ← silu(gate) · up, where gate is {@code count} numbers of {@code gateAndUp} and up as many behind them. */
    static void gated(float[] gateAndUp, int at, int count, float[] y) {
        int up = at + count;
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            FloatVector v = load(gateAndUp, at + i);
            v.mul(sigmoid(v)).mul(load(gateAndUp, up + i)).intoArray(y, i);
        }
        for (; i < count; i++) {
            float v = gateAndUp[at + i];
            y[i] = v * sigmoid(v) * gateAndUp[up + i];
        }
    }

    /** x ← x · sigmoid(gate), gate from {@code gateAt}. */
    static void multiplyBySigmoid(float[] x, int count, float[] gate, int gateAt) {
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            load(x, i).mul(sigmoid(load(gate, gateAt + i))).intoArray(x, i);
        }
        for (; i < count; i++) {
            x[i] *= sigmoid(gate[gateAt + i]);
        }
    }

    private static FloatVector sigmoid(FloatVector v) {
        FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1);
        return one.div(v.neg().lanewise(VectorOperators.EXP).add(one));
    }

    static float sigmoid(float v) {
        return (float) (1 / (1 + Math.exp(-v)));
    }

    /** y ← y + factor · x, x from {@code xAt}, y from {@code yAt}. */
    static void add(float factor, float[] x, int xAt, float[] y, int yAt, int count) {
        FloatVector factors = FloatVector.broadcast(Lanes.FLOATS, factor);
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            load(x, xAt + i).fma(factors, load(y, yAt + i)).intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] += factor * x[xAt + i];
        }
    }

    /** y ← factor · y, for {@code count} numbers from {@code at}. */
    static void scale(float factor, float[] y, int at, int count) {
        int i = at;
        for (; i <= at + count - Lanes.WIDTH; i += Lanes.WIDTH) {
            load(y, i).mul(factor).intoArray(y, i);
        }
        for (; i < at + count; i++) {
            y[i] *= factor;
        }
    }

    /** Σ x · y, x from {@code xAt}, y from {@code yAt}. */
    static float dot(float[] x, int xAt, float[] y, int yAt, int count) {
        FloatVector sums = FloatVector.zero(Lanes.FLOATS);
        int i = 0;
        for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
            sums = load(x, xAt + i).fma(load(y, yAt + i), sums);
        }
        float sum = sums.reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            sum += x[xAt + i] * y[yAt + i];
        }
        return sum;
    }

    /** The largest of {@code count} numbers, at least one. */
    static float largest(float[] x, int at, int count) {
        float largest = x[at];
        for (int i = at + 1; i < at + count; i++) {
            largest = Math.max(largest, x[i]);
        }
        return largest;
    }

    /** x ← e^(x − shift), for {@code count} numbers from {@code at}; returns their sum. */
    static float exponentials(float[] x, int at, int count, float shift) {
        FloatVector sums = FloatVector.zero(Lanes.FLOATS);
        int i = at;
        for (; i <= at + count - Lanes.WIDTH; i += Lanes.WIDTH) {
            FloatVector e = load(x, i).sub(shift).lanewise(VectorOperators.EXP);
            e.intoArray(x, i);
            sums = sums.add(e);
        }
        float sum = sums.reduceLanes(VectorOperators.ADD);
        for (; i < at + count; i++) {
            x[i] = (float) Math.exp(x[i] - shift);
            sum += x[i];
        }
        return sum;
    }

    /** x ← softmax(x) of the first {@code count} numbers. */
    static void softmax(float[] x, int count) {
        scale(1 / exponentials(x, 0, count, largest(x, 0, count)), x, 0, count);
    }
}
