package io.lectern.engine.vector;

import io.lectern.engine.model.LayerSpec.Residual;
import java.util.List;

/** One layer for single tokens: a mixer and a feed-forward, each behind a norm and joined to the stream. */
record LayerStep(Part<MixerStep> mixer, Part<FeedForwardStep> feedForward) {

    /** A part with the norm before it and how its output joins the stream. */
    record Part<S>(S step, float[] norm, Residual residual) {}

    /** Of one token, for all layers. */
    static final class Room {
        final Activations normed;
        final float[] output;

        Room(int hidden) {
            normed = new Activations(hidden);
            output = new float[hidden];
        }
    }

    /**
     * Passes tokens of different sequences through, in place.
     *
     * @param xs the stream of each token
     * @param memories what this layer remembers of each token's sequence
     * @param positions of the tokens in their sequences
     * @param rooms one for each token
     */
    void forward(List<float[]> xs, List<LayerMemory> memories, long[] positions, double epsilon, List<Room> rooms) {
        List<Activations> normed = rooms.stream().map(room -> room.normed).toList();
        List<float[]> outputs = rooms.stream().map(room -> room.output).toList();
        norm(mixer, xs, epsilon, rooms);
        mixer.step().forward(normed, outputs, memories, positions);
        join(mixer, xs, rooms);
        norm(feedForward, xs, epsilon, rooms);
        feedForward.step().forward(normed, outputs);
        join(feedForward, xs, rooms);
    }

    private static void norm(Part<?> part, List<float[]> xs, double epsilon, List<Room> rooms) {
        for (int i = 0; i < xs.size(); i++) {
            float[] x = xs.get(i);
            Activations normed = rooms.get(i).normed;
            VectorFunctions.rmsNorm(x, x.length, part.norm(), epsilon, normed.numbers());
            normed.ready();
        }
    }

    /** x ← alpha · r + beta · output, where r is the normed stream or the stream itself. */
    private static void join(Part<?> part, List<float[]> xs, List<Room> rooms) {
        Residual residual = part.residual();
        for (int i = 0; i < xs.size(); i++) {
            float[] x = xs.get(i);
            if (residual.ofNormed()) {
                System.arraycopy(rooms.get(i).normed.numbers(), 0, x, 0, x.length);
            }
            VectorFunctions.scale((float) residual.alpha(), x, 0, x.length);
            VectorFunctions.add((float) residual.beta(), rooms.get(i).output, 0, x, 0, x.length);
        }
    }

    /** Equal for layers that are computed by the same code, as far as it is their own. */
    List<?> kind() {
        return List.of(mixer.step().getClass(), feedForward.step().getClass());
    }

    long bytes() {
        return mixer.step().bytes() + feedForward.step().bytes();
    }
}
