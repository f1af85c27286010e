package io.lectern.engine.vector;

import io.lectern.engine.vector.Products.Product;
import java.util.List;

/**
 * A SwiGLU: down(silu(gate(x)) ⊙ up(x)), in two halves, so that several of them can be handed to the workers together.
 *
 * @param gate {intermediate, hidden}
 * @param up {intermediate, hidden}
 * @param down {hidden, intermediate}
 */
record Expert(VectorMatrix gate, VectorMatrix up, VectorMatrix down) {

    /** Room for what stands between the two halves. */
    static final class Room {
        final float[] gateAndUp;
        final Activations inner;
        final float[] output;

        Room(int intermediate, int hidden) {
            gateAndUp = new float[2 * intermediate];
            inner = new Activations(intermediate);
            output = new float[hidden];
        }
    }

    Room newRoom() {
        return new Room(gate.rows(), down.rows());
    }

    /**
     * The products of the first half.
     *
     * @param xs tokens
     * @param rooms one for each
     */
    List<Product> firstHalf(List<Activations> xs, List<Room> rooms) {
        List<float[]> ys = rooms.stream().map(room -> room.gateAndUp).toList();
        return List.of(new Product(gate, xs, ys, 0), new Product(up, xs, ys, gate.rows()));
    }

    /** The product of the second half; to be called when those of the first half are there. */
    Product secondHalf(List<Room> rooms) {
        for (Room room : rooms) {
            VectorFunctions.gated(room.gateAndUp, 0, gate.rows(), room.inner.numbers());
            room.inner.ready();
        }
        return new Product(
                down,
                rooms.stream().map(room -> room.inner).toList(),
                rooms.stream().map(room -> room.output).toList(),
                0);
    }

    long bytes() {
        return gate.bytes() + up.bytes() + down.bytes();
    }
}
