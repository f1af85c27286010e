package io.lectern.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class VectorMatrixTest {

    @Property(tries = 60)
    void floatsAreMultipliedAsTheyAre(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 300) int columns,
            @ForAll @IntRange(min = 0, max = 2) int form,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        Random random = new Random(seed);
        TensorType type = new TensorType[] {TensorType.F32, TensorType.F16, TensorType.BF16}[form];
        TensorData tensor = Tensors.random(random, type, rows, columns);
        try (Workers workers = new Workers(threads)) {
            assertProduct(VectorMatrix.of(tensor, WeightPrecision.AS_STORED, workers), tensor, random, workers, 0);
            assertProduct(VectorMatrix.of(tensor, WeightPrecision.F32, workers), tensor, random, workers, 0);
            // Rounding to bfloat16 moves a number by at most 2⁻⁹ of it.
            assertProduct(VectorMatrix.of(tensor, WeightPrecision.BF16, workers), tensor, random, workers, 1.0 / 512);
        }
    }

    @Property(tries = 40)
    void codesAreWithinHalfAStepOfTheNumbers(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 300) int columns,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        Random random = new Random(seed);
        TensorData tensor = Tensors.random(random, TensorType.F32, rows, columns);
        try (Workers workers = new Workers(threads)) {
            // Numbers are between −1 and 1: a step is at most 1/127, or 2/15 (and the scale is rounded to 11 bits).
            VectorMatrix int8 = VectorMatrix.of(tensor, WeightPrecision.INT8, workers);
            assertProduct(int8, tensor, random, workers, 0.5 / 127);
            VectorMatrix int4 = VectorMatrix.of(tensor, WeightPrecision.INT4, workers);
            assertProduct(int4, tensor, random, workers, 1.03 / 15);
        }
    }

    @Property(tries = 60)
    void fourBitFormatsKeepTheirCodes(
            @ForAll @IntRange(min = 1, max = 20) int rows,
            @ForAll @IntRange(min = 1, max = 4) int blocks,
            @ForAll @IntRange(min = 0, max = 2) int form,
            @ForAll long seed) {
        Random random = new Random(seed);
        TensorType type = new TensorType[] {TensorType.Q4_0, TensorType.Q4_1, TensorType.Q4_K}[form];
        TensorData tensor = quantized(random, type, rows, blocks * type.blockElements());
        try (Workers workers = new Workers(2)) {
            // Scales and offsets of Q4_K have more bits than half precision: each is off by 2⁻¹¹ of it at most.
            double error = type == TensorType.Q4_K ? 16 * 63.0 / 2048 : 0;
            assertProduct(VectorMatrix.of(tensor, WeightPrecision.AS_STORED, workers), tensor, random, workers, error);
        }
    }

    /** Blocks of random codes with scales that are small numbers. */
    private static TensorData quantized(Random random, TensorType type, int rows, int columns) {
        byte[] bytes = new byte[Math.toIntExact(type.bytes((long) rows * columns))];
        random.nextBytes(bytes);
        MemorySegment data = Arena.ofAuto().allocate(bytes.length, 64);
        MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
        List<Integer> scales = switch (type) {
            case Q4_0 -> List.of(0);
            default -> List.of(0, 2);
        };
        for (long block = 0; block < bytes.length; block += type.blockBytes()) {
            for (int at : scales) {
                data.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + at, Float.floatToFloat16(random.nextFloat()));
            }
        }
        return Tensors.of("quantized", type, data, rows, columns);
    }

    /** Compares with sums in 64 bits of the tensor's numbers, each of which may be off by so much. */
    private static void assertProduct(
            VectorMatrix matrix, TensorData tensor, Random random, Workers workers, double error) {
        int columns = tensor.columns();
        float[] x = Tensors.numbers(random, columns);
        float[] y = new float[matrix.rows()];
        Products.compute(workers, List.of(new Products.Product(matrix, Activations.of(x), y)));
        float[] numbers = tensor.readAll();
        for (int row = 0; row < y.length; row++) {
            double sum = 0;
            double magnitude = 0;
            double largest = 0;
            for (int i = 0; i < columns; i++) {
                double product = (double) numbers[row * columns + i] * x[i];
                sum += product;
                magnitude += Math.abs(product);
                largest += Math.abs(x[i]);
            }
            assertThat((double) y[row]).isEqualTo(sum, within(error * largest + 1e-6 * magnitude + 1e-7));
        }
    }
}
