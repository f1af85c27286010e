package io.lectern.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Against plain loops in 64 bits, for counts that fill vectors and counts that do not. */
class VectorFunctionsTest {
    private static final double RELATIVE = 2e-6;

    @Property(tries = 50)
    void rmsNorm(@ForAll @IntRange(min = 1, max = 200) int count, @ForAll long seed) {
        Random random = new Random(seed);
        float[] x = Tensors.numbers(random, count);
        float[] weight = Tensors.numbers(random, count);
        double squares = 0;
        for (float number : x) {
            squares += (double) number * number;
        }
        double scale = 1 / Math.sqrt(squares / count + 1e-5);
        float[] y = new float[count];
        VectorFunctions.rmsNorm(x, count, weight, 1e-5, y);
        assertNumbers(y, 0, count, i -> x[i] * scale * weight[i]);
    }

    @Property(tries = 50)
    void gates(@ForAll @IntRange(min = 1, max = 100) int count, @ForAll long seed) {
        float[] numbers = Tensors.numbers(new Random(seed), 1 + 2 * count);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= 30;
        }
        float[] y = new float[count];
        VectorFunctions.gated(numbers, 1, count, y);
        assertNumbers(y, 0, count, i -> numbers[1 + i] * sigmoid(numbers[1 + i]) * numbers[1 + count + i]);

        float[] silu = numbers.clone();
        VectorFunctions.silu(silu, 1, count);
        assertNumbers(silu, 1, count, i -> numbers[1 + i] * sigmoid(numbers[1 + i]));
        assertThat(silu[0]).isEqualTo(numbers[0]);

        float[] gated = numbers.clone();
        VectorFunctions.multiplyBySigmoid(gated, count, numbers, count);
        assertNumbers(gated, 0, count, i -> numbers[i] * sigmoid(numbers[count + i]));
    }

    private static double sigmoid(double number) {
        return 1 / (1 + Math.exp(-number));
    }

    @Property(tries = 50)
    void sums(
            @ForAll @IntRange(min = 0, max = 100) int count,
            @ForAll @IntRange(min = 0, max = 5) int xAt,
            @ForAll @IntRange(min = 0, max = 5) int yAt,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] x = Tensors.numbers(random, xAt + count);
        float[] y = Tensors.numbers(random, yAt + count + 1);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (double) x[xAt + i] * y[yAt + i];
        }
        assertThat((double) VectorFunctions.dot(x, xAt, y, yAt, count)).isEqualTo(sum, within(1e-4));

        float[] added = y.clone();
        VectorFunctions.add(0.7f, x, xAt, added, yAt, count);
        assertNumbers(added, yAt, count, i -> y[yAt + i] + 0.7f * (double) x[xAt + i]);
        float[] scaled = y.clone();
        VectorFunctions.scale(0.7f, scaled, yAt, count);
        assertNumbers(scaled, yAt, count, i -> 0.7f * (double) y[yAt + i]);
        assertThat(added[yAt + count]).isEqualTo(y[yAt + count]);
        assertThat(scaled[yAt + count]).isEqualTo(y[yAt + count]);
    }

    @Property(tries = 50)
    void softmax(@ForAll @IntRange(min = 1, max = 100) int count, @ForAll long seed) {
        float[] x = Tensors.numbers(new Random(seed), count);
        for (int i = 0; i < count; i++) {
            x[i] *= 90; // far beyond what e^x can hold without the shift
        }
        double largest = VectorFunctions.largest(x, 0, count);
        double sum = 0;
        for (float number : x) {
            sum += Math.exp(number - largest);
        }
        double total = sum;
        float[] y = x.clone();
        VectorFunctions.softmax(y, count);
        assertNumbers(y, 0, count, i -> Math.exp(x[i] - largest) / total);
    }

    private static void assertNumbers(float[] actual, int at, int count, IntToDoubleFunction expected) {
        for (int i = 0; i < count; i++) {
            double number = expected.applyAsDouble(i);
            assertThat((double) actual[at + i]).isEqualTo(number, within(RELATIVE * Math.abs(number) + 1e-6));
        }
    }
}
