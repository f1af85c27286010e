package io.lectern.engine.vector;

import java.util.List;

/** Products of matrices and vectors that do not wait for one another, handed to the workers together. */
final class Products {
    /** Bytes of a matrix that a worker reads at least before it takes the next part. */
    private static final long SMALLEST_PART = 1 << 15;

    private static final int PARTS_PER_THREAD = 8;

    /**
     * Bytes of a matrix that are multiplied with one vector after the other: they stay in the second-level cache, so that
     * they come from memory once for all vectors.
     */
    private static final long CACHED_BYTES = 1 << 18;

    private Products() {}

    /**
     * One matrix and what it is multiplied with.
     *
     * @param matrix of some rows
     * @param xs vectors, at least one
     * @param ys where the outputs for each vector go, from {@code at}
     */
    record Product(VectorMatrix matrix, List<Activations> xs, List<float[]> ys, int at) {
        Product(VectorMatrix matrix, Activations x, float[] y) {
            this(matrix, List.of(x), List.of(y), 0);
        }

        private void compute(int firstRow, int afterRow) {
            long rowBytes = Math.max(1, matrix.bytes() / matrix.rows());
            int rowsAtATime =
                    xs.size() == 1 ? afterRow - firstRow : Math.clamp(CACHED_BYTES / rowBytes, 1, afterRow - firstRow);
            for (int first = firstRow; first < afterRow; first += rowsAtATime) {
                int after = Math.min(afterRow, first + rowsAtATime);
                for (int i = 0; i < xs.size(); i++) {
                    matrix.multiply(xs.get(i), ys.get(i), at, first, after);
                }
            }
        }
    }

    /** Computes all. */
    static void compute(Workers workers, List<Product> products) {
        long bytes = 0;
        for (Product product : products) {
            bytes += product.matrix().bytes();
        }
        long partBytes = Math.max(SMALLEST_PART, bytes / ((long) workers.threads() * PARTS_PER_THREAD));
        int[] firstParts = new int[products.size() + 1];
        for (int i = 0; i < products.size(); i++) {
            VectorMatrix matrix = products.get(i).matrix();
            int parts = Math.clamp(matrix.bytes() / partBytes, 1, Math.max(1, matrix.rows()));
            firstParts[i + 1] = firstParts[i] + parts;
        }
        workers.forEach(firstParts[products.size()], part -> {
            int which = 0;
            while (firstParts[which + 1] <= part) {
                which++;
            }
            Product product = products.get(which);
            int parts = firstParts[which + 1] - firstParts[which];
            int index = part - firstParts[which];
            long rows = product.matrix().rows();
            product.compute((int) (rows * index / parts), (int) (rows * (index + 1) / parts));
        });
    }
}
