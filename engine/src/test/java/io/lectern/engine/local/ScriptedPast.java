package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.decoder.StateLayout;
import io.lectern.engine.decoder.StateMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A memory that remembers exactly what it has read, so that a test can look at it, and finds likeliest what a function of
 * the tokens read says: a language model whose behaviour is known in full.
 */
final class ScriptedPast implements Past {
    /** Tokens read at a time, as a real decoder reads in chunks. */
    static final int CHUNK = 8;

    private final int vocabulary;
    private final Function<List<Integer>, Integer> next;
    private final List<Integer> tokens;
    private boolean closed;

    ScriptedPast(int vocabulary, Function<List<Integer>, Integer> next) {
        this(vocabulary, next, new ArrayList<>());
    }

    private ScriptedPast(int vocabulary, Function<List<Integer>, Integer> next, List<Integer> tokens) {
        this.vocabulary = vocabulary;
        this.next = next;
        this.tokens = tokens;
    }

    /** In place of what makes pasts of snapshots. */
    static Past laidOut(StateLayout layout) {
        throw new UnsupportedOperationException("a scripted past is not kept");
    }

    int[] tokens() {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean closed() {
        return closed;
    }

    @Override
    public int length() {
        return tokens.size();
    }

    @Override
    public float[] read(int[] more, Consumer<ReadingProgress> listener, Cancellation cancellation) {
        for (int i = 0; i < more.length; i++) {
            if (i % CHUNK == 0 && cancellation.isCancelled()) {
                tokens.subList(tokens.size() - i, tokens.size()).clear();
                throw new CancellationException("cancelled");
            }
            tokens.add(more[i]);
            if ((i + 1) % CHUNK == 0 || i + 1 == more.length) {
                listener.accept(ReadingProgress.ofTokens(i + 1, more.length));
            }
        }
        return logits();
    }

    private float[] logits() {
        float[] logits = new float[vocabulary];
        logits[next.apply(tokens)] = 10;
        return logits;
    }

    @Override
    public double[] logProbabilities(int[] continuation) {
        double[] result = new double[continuation.length];
        List<Integer> before = List.copyOf(tokens);
        for (int i = 0; i < continuation.length; i++) {
            double sum = Math.exp(10) + vocabulary - 1;
            result[i] = (next.apply(tokens) == continuation[i] ? 10 : 0) - Math.log(sum);
            tokens.add(continuation[i]);
        }
        tokens.clear();
        tokens.addAll(before);
        return result;
    }

    @Override
    public void mark() {
        // Any length can be returned to.
    }

    @Override
    public void truncate(int length) {
        tokens.subList(length, tokens.size()).clear();
    }

    @Override
    public Past fork() {
        return new ScriptedPast(vocabulary, next, new ArrayList<>(tokens));
    }

    @Override
    public StateMemory memory() {
        throw new UnsupportedOperationException("a scripted past is not kept");
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return Arrays.toString(tokens());
    }
}
