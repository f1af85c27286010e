package io.lectern.engine.vector;

import java.util.List;

/** SwiGLU of one token. */
final class DenseStep implements FeedForwardStep {
    private final Expert weights;
    private final Expert.Room room;
    private final Workers workers;

    DenseStep(Expert weights, Workers workers) {
        this.weights = weights;
        this.workers = workers;
        room = weights.newRoom();
    }

    @Override
    public void forward(Activations normed, float[] output) {
        Products.compute(workers, weights.firstHalf(normed, room));
        Products.compute(workers, List.of(weights.secondHalf(room)));
        System.arraycopy(room.output, 0, output, 0, room.output.length);
    }

    @Override
    public long bytes() {
        return weights.bytes();
    }
}
