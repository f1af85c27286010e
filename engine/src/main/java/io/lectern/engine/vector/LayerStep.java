package io.lectern.engine.vector;

import io.lectern.engine.model.LayerSpec.Residual;

/** One layer for one token: a mixer and a feed-forward, each behind a norm and joined to the stream. */
record LayerStep(Part<MixerStep> mixer, Part<FeedForwardStep> feedForward) {

    /** A part with the norm before it and how its output joins the stream. */
    record Part<S>(S step, float[] norm, Residual residual) {}

    /** What all layers of a step share. */
    static final class Room {
        final Activations normed;
        final float[] output;

        Room(int hidden) {
            normed = new Activations(hidden);
            output = new float[hidden];
        }
    }

    /** Passes the stream x through, in place. */
    void forward(float[] x, LayerMemory memory, long position, double epsilon, Room room) {
        norm(mixer, x, epsilon, room);
        mixer.step().forward(room.normed, room.output, memory, position);
        join(mixer, x, room);
        norm(feedForward, x, epsilon, room);
        feedForward.step().forward(room.normed, room.output);
        join(feedForward, x, room);
    }

    private static void norm(Part<?> part, float[] x, double epsilon, Room room) {
        VectorFunctions.rmsNorm(x, x.length, part.norm(), epsilon, room.normed.numbers());
        room.normed.ready();
    }

    /** x ← alpha · r + beta · output, where r is the normed stream or the stream itself. */
    private static void join(Part<?> part, float[] x, Room room) {
        Residual residual = part.residual();
        if (residual.ofNormed()) {
            System.arraycopy(room.normed.numbers(), 0, x, 0, x.length);
        }
        VectorFunctions.scale((float) residual.alpha(), x, 0, x.length);
        VectorFunctions.add((float) residual.beta(), room.output, 0, x, 0, x.length);
    }

    long bytes() {
        return mixer.step().bytes() + feedForward.step().bytes();
    }
}
