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

    List<Product> firstHalf(Activations x, Room room) {
        return List.of(new Product(gate, x, room.gateAndUp, 0), new Product(up, x, room.gateAndUp, gate.rows()));
    }

    /** To be called when the products of the first half are there. */
    Product secondHalf(Room room) {
        VectorFunctions.gated(room.gateAndUp, 0, gate.rows(), room.inner.numbers());
        room.inner.ready();
        return new Product(down, room.inner, room.output, 0);
    }

    long bytes() {
        return gate.bytes() + up.bytes() + down.bytes();
    }
}
