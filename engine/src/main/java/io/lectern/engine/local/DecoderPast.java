package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.decoder.DecoderState;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.decoder.StateMemory;
import java.util.function.Consumer;

/** What a decoder remembers, as a context uses it. */
record DecoderPast(HybridDecoder decoder, DecoderState state) implements Past {
    @Override
    public int length() {
        return state.length();
    }

    @Override
    public float[] read(int[] tokens, Consumer<ReadingProgress> listener, Cancellation cancellation) {
        return decoder.read(state, tokens, listener, cancellation);
    }

    @Override
    public double[] logProbabilities(int[] tokens) {
        return decoder.logProbabilities(state, tokens);
    }

    @Override
    public void mark() {
        decoder.mark(state);
    }

    @Override
    public void truncate(int length) {
        decoder.truncate(state, length);
    }

    @Override
    public Past fork() {
        return new DecoderPast(decoder, state.fork());
    }

    @Override
    public StateMemory memory() {
        return state;
    }

    @Override
    public void close() {
        state.close();
    }
}
