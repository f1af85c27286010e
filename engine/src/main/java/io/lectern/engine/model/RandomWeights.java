package io.lectern.engine.model;

import java.util.Map;
import java.util.SplittableRandom;

/**
 * Weights that nobody trained: those of norms uniform from 0.7 to 1.3, all others normal around 0. A row depends on nothing
 * but the seed, the tensor's name and the row's number, so that rows can be made in any order and by many threads.
 */
final class RandomWeights implements ModelFolderWriter.Source {
    private static final double LEAST_NORM = 0.7;
    private static final double LARGEST_NORM = 1.3;

    private final Map<String, long[]> shapes;
    private final TensorType type;
    private final double deviation;
    private final long seed;

    /**
     * @param type in which they are stored
     * @param deviation of what is not the weight of a norm
     */
    RandomWeights(ModelConfig model, TensorType type, double deviation, long seed) {
        this.shapes = ExpectedTensors.of(model);
        this.type = type;
        this.deviation = deviation;
        this.seed = seed;
    }

    @Override
    public TensorType type(String canonical) {
        return type;
    }

    @Override
    public float[] rows(String canonical, long firstRow, int rows) {
        long[] shape = shapes.get(canonical);
        int columns = Math.toIntExact(shape[shape.length - 1]);
        float[] numbers = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            // Finalised by SplittableRandom itself, so that neighbouring seeds give unrelated numbers.
            var random = new SplittableRandom(
                    new SplittableRandom(seed + canonical.hashCode() * 0x9E3779B97F4A7C15L).nextLong()
                            + firstRow
                            + row);
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                numbers[i] = (float)
                        (shape.length == 1
                                ? random.nextDouble(LEAST_NORM, LARGEST_NORM)
                                : deviation * random.nextGaussian());
            }
        }
        return numbers;
    }
}
