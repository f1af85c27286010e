package io.lectern.engine.vector;

import io.lectern.engine.model.LayerSpec.Rotary;

/** Rotary position embedding of one token: the cosines and sines of its angles, and the turning of a head by them. */
final class Rotation {
    private final Rotary rotary;
    private final float[] cosines;
    private final float[] sines;
    private long position = -1;

    Rotation(Rotary rotary) {
        this.rotary = rotary;
        cosines = new float[rotary.dimensions() / 2];
        sines = new float[rotary.dimensions() / 2];
    }

    /** Sets where the token stands. Angles are in 64 bits, so that they stay exact at a million tokens. */
    void moveTo(long newPosition) {
        if (position == newPosition) {
            return;
        }
        position = newPosition;
        for (int pair = 0; pair < cosines.length; pair++) {
            double angle = position * Math.pow(rotary.theta(), -2.0 * pair / rotary.dimensions());
            cosines[pair] = (float) Math.cos(angle);
            sines[pair] = (float) Math.sin(angle);
        }
    }

    /** Turns the head that begins at {@code at}. */
    void turn(float[] head, int at) {
        boolean interleaved = rotary.pairing() == Rotary.Pairing.INTERLEAVED;
        int between = interleaved ? 1 : cosines.length;
        for (int pair = 0; pair < cosines.length; pair++) {
            int first = at + (interleaved ? 2 * pair : pair);
            float a = head[first];
            float b = head[first + between];
            head[first] = a * cosines[pair] - b * sines[pair];
            head[first + between] = b * cosines[pair] + a * sines[pair];
        }
    }
}
