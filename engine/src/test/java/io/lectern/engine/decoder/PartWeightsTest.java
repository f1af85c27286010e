package io.lectern.engine.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with weights of every format, packed and widened, against the same sums in 64 bits. */
class PartWeightsTest {
    private static final int COLUMNS = 512;
    private static final Random RANDOM = new Random(7);

    private static TorchBackend backend;
    private static Strips strips;

    @BeforeAll
    static void start() {
        backend = TorchBackend.start(1, List.of("weights.py", "layers.py"));
        strips = new Strips(2);
    }

    @AfterAll
    static void stop() {
        strips.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 64",
        "F16, 64",
        "BF16, 64",
        "Q4_0, 64",
        "Q4_1, 64",
        "Q5_0, 64",
        "Q5_1, 64",
        "Q8_0, 64",
        "Q4_K, 64",
        "Q5_K, 64",
        "Q6_K, 64",
        "Q4_0, 40",
        "Q4_K, 40",
        "Q6_K, 33",
        "F16, 33"
    })
    void productsAreThoseOfTheFilesOwnNumbers(TensorType type, int rows, @TempDir Path folder) throws IOException {
        TensorData matrix = random(type, rows, folder);
        float[] x = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            x[i] = (float) RANDOM.nextGaussian();
        }
        double[] expected = product(matrix, x);

        float[][] results = backend.run(() -> {
            try (WidenedMatrices room = new WidenedMatrices(backend, strips, matrix.elements());
                    PartWeights weights = PartWeights.of(
                            Map.of("some.weight", matrix),
                            List.of(),
                            WeightPrecision.AS_STORED,
                            backend,
                            strips,
                            room);
                    TorchValue input = backend.tensor(x, 1, COLUMNS)) {
                return new float[][] {
                    backend.floats("project", input, weights.forTokens(1), "some"),
                    backend.floats("project", input, weights.forTokens(PartWeights.WIDEN_FROM_TOKENS), "some")
                };
            }
        });

        assertThat(relativeError(results[0], expected)).as("packed").isLessThan(0.01);
        assertThat(relativeError(results[1], expected)).as("widened").isLessThan(0.006);
    }

    /** Gate and up are joined to one matrix where they have the same form. */
    @ParameterizedTest
    @CsvSource({"Q4_K, Q4_K", "Q4_1, Q4_0", "Q6_K, Q5_0", "Q4_K, Q6_K", "BF16, BF16", "F16, Q8_0"})
    void matricesWithTheSameInputKeepTheirOwnProducts(TensorType gateType, TensorType upType, @TempDir Path folder)
            throws IOException {
        TensorData norm = random(TensorType.F32, 1, Files.createDirectory(folder.resolve("norm")));
        TensorData gate = random(gateType, COLUMNS, Files.createDirectory(folder.resolve("gate")));
        TensorData up = random(upType, COLUMNS, Files.createDirectory(folder.resolve("up")));
        TensorData down = random(TensorType.Q8_0, COLUMNS, Files.createDirectory(folder.resolve("down")));
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        tensors.put("ffn_norm.weight", vector(norm));
        tensors.put("ffn_gate.weight", gate);
        tensors.put("ffn_up.weight", up);
        tensors.put("ffn_down.weight", down);
        float[] x = new float[COLUMNS];
        double squares = 0;
        for (int i = 0; i < COLUMNS; i++) {
            x[i] = (float) RANDOM.nextGaussian();
            squares += x[i] * x[i];
        }
        float[] normed = norm.readAll();
        for (int i = 0; i < COLUMNS; i++) {
            normed[i] *= (float) (x[i] / Math.sqrt(squares / COLUMNS));
        }
        double[] gates = product(gate, normed);
        double[] ups = product(up, normed);
        float[] inner = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            inner[i] = (float) (gates[i] / (1 + Math.exp(-gates[i])) * ups[i]);
        }
        double[] expected = product(down, inner);
        Arrays.setAll(expected, i -> expected[i] + x[i]);

        float[][] results = backend.run(() -> {
            try (WidenedMatrices room = new WidenedMatrices(backend, strips, 3L * COLUMNS * COLUMNS);
                    PartWeights weights = PartWeights.of(
                            tensors,
                            List.of("ffn_gate.weight", "ffn_up.weight"),
                            WeightPrecision.AS_STORED,
                            backend,
                            strips,
                            room);
                    TorchValue input = backend.tensor(x, 1, COLUMNS);
                    TorchValue again = backend.tensor(x, 1, COLUMNS)) {
                int many = PartWeights.WIDEN_FROM_TOKENS;
                return new float[][] {
                    backend.floats("dense_layer", input, weights.forTokens(1), 0.0, 1.0, 1.0, false),
                    backend.floats("dense_layer", again, weights.forTokens(many), 0.0, 1.0, 1.0, false)
                };
            }
        });

        assertThat(relativeError(results[0], expected)).as("packed").isLessThan(0.02);
        assertThat(relativeError(results[1], expected)).as("widened").isLessThan(0.02);
    }

    private static TensorData vector(TensorData row) {
        long[] shape = {row.elements()};
        return new TensorData(row.name(), shape, row.type(), row.data(), row.file(), row.offset());
    }

    /** Root mean square of the differences, relative to that of the numbers. */
    private static double relativeError(float[] actual, double[] expected) {
        assertThat(actual).hasSize(expected.length);
        double errors = 0;
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            errors += Math.pow(actual[i] - expected[i], 2);
            squares += expected[i] * expected[i];
        }
        return Math.sqrt(errors / squares);
    }

    private static double[] product(TensorData matrix, float[] x) {
        double[] result = new double[(int) matrix.rows()];
        for (int row = 0; row < result.length; row++) {
            float[] numbers = matrix.readRows(row, 1);
            for (int i = 0; i < x.length; i++) {
                result[row] += (double) numbers[i] * x[i];
            }
        }
        return result;
    }

    /** Random codes are valid in every format; only the scales must be sensible numbers. */
    private static TensorData random(TensorType type, int rows, Path folder) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(type.bytes((long) rows * COLUMNS))];
        RANDOM.nextBytes(bytes);
        ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < bytes.length; block += type.blockBytes()) {
            float scale = 0.5f + RANDOM.nextFloat();
            switch (type) {
                case F32 -> numbers.putFloat(block, (float) RANDOM.nextGaussian());
                case F16 -> numbers.putShort(block, Float.floatToFloat16((float) RANDOM.nextGaussian()));
                case BF16 -> numbers.putShort(block, Bfloat16.round((float) RANDOM.nextGaussian()));
                case Q4_0, Q5_0, Q8_0 -> numbers.putShort(block, Float.floatToFloat16(scale));
                case Q4_1, Q5_1 -> {
                    numbers.putShort(block, Float.floatToFloat16(scale));
                    numbers.putShort(block + 2, Float.floatToFloat16(-8 * scale));
                }
                case Q4_K, Q5_K -> {
                    numbers.putShort(block, Float.floatToFloat16(scale));
                    numbers.putShort(block + 2, Float.floatToFloat16(8 * scale));
                }
                case Q6_K -> numbers.putShort(block + 208, Float.floatToFloat16(scale));
            }
        }
        Path file = Files.write(folder.resolve("weights"), bytes);
        return new TensorData("some.weight", new long[] {rows, COLUMNS}, type, MemorySegment.ofArray(bytes), file, 0);
    }
}
