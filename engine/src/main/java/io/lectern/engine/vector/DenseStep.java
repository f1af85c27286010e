package io.lectern.engine.vector;

import java.util.List;

/** SwiGLU of single tokens. */
final class DenseStep implements FeedForwardStep {
    private final Expert weights;
    private final Rooms<Expert.Room> rooms;
    private final Workers workers;

    DenseStep(Expert weights, Workers workers) {
        this.weights = weights;
        this.workers = workers;
        rooms = new Rooms<>(weights::newRoom);
    }

    @Override
    public void forward(List<Activations> normed, List<float[]> outputs) {
        List<Expert.Room> tokens = rooms.first(normed.size());
        Products.compute(workers, weights.firstHalf(normed, tokens));
        Products.compute(workers, List.of(weights.secondHalf(tokens)));
        for (int i = 0; i < tokens.size(); i++) {
            System.arraycopy(tokens.get(i).output, 0, outputs.get(i), 0, outputs.get(i).length);
        }
    }

    @Override
    public long bytes() {
        return weights.bytes();
    }
}
