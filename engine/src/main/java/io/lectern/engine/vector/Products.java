package io.lectern.engine.vector;

import java.util.List;

/** Products of matrices and vectors that do not wait for one another, handed to the workers together. */
final class Products {
    /** Bytes of a matrix that a worker reads at least before it takes the next part. */
    private static final long SMALLEST_PART = 1 << 15;

    private static final int PARTS_PER_THREAD = 8;

    private Products() {}

    /**
     * One product.
     *
     * @param matrix of some rows
     * @param x what it is multiplied with
     * @param y where the outputs go, from {@code at}
     */
    record Product(VectorMatrix matrix, Activations x, float[] y, int at) {
        Product(VectorMatrix matrix, Activations x, Activations y) {
            this(matrix, x, y.numbers(), 0);
        }
    }

    /** Computes one. */
    static void compute(Workers workers, VectorMatrix matrix, Activations x, float[] y) {
        compute(workers, List.of(new Product(matrix, x, y, 0)));
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
            int first = (int) (rows * index / parts);
            int after = (int) (rows * (index + 1) / parts);
            product.matrix().multiply(product.x(), product.y(), product.at(), first, after);
        });
    }
}
