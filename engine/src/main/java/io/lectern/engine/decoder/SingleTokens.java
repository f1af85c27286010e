package io.lectern.engine.decoder;

import io.lectern.engine.model.TensorData;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.vector.TokenStep;
import io.lectern.engine.vector.TokenStep.SequenceToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads single tokens, as they are written, in Java. What several threads want read at the same time, each for a state of its
 * own, passes the layers together, so that the weights come from memory once for all of them: many questions asked of forks
 * of one reading are answered together by asking them at the same time.
 */
final class SingleTokens implements AutoCloseable {
    /** Most tokens that pass together. */
    private static final int MOST = 32;

    /** How long those who wrote together a moment ago are waited for: longer than it takes to choose a token. */
    private static final long GATHERING_NANOS = 2_000_000;

    private final TorchBackend backend;
    private final TokenStep step;
    private final TensorData embedding;
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    /** How many passed together last; touched on the runtime's thread. */
    private int together = 1;

    SingleTokens(TorchBackend backend, TokenStep step, TensorData embedding) {
        this.backend = backend;
        this.step = step;
        this.embedding = embedding;
    }

    /** A token that is to be read; its fields are touched on the runtime's thread until it is done. */
    private static final class Request {
        final DecoderState state;
        final int token;
        float[] logits;
        RuntimeException failure;

        Request(DecoderState state, int token) {
            this.state = state;
            this.token = token;
        }

        boolean isDone() {
            return logits != null || failure != null;
        }
    }

    /** Sees the stream of a token before each layer and behind the last. */
    @FunctionalInterface
    interface StreamObserver {
        void reached(int layer, float[] x);
    }

    /** Reads a token and returns the logits of the next; called by any thread but the runtime's. */
    float[] read(DecoderState state, int token) {
        Request mine = new Request(state, token);
        waiting.add(mine);
        backend.run(() -> {
            // Whoever comes first reads for all who wait.
            while (!mine.isDone()) {
                readWaiting();
            }
            return null;
        });
        if (mine.failure != null) {
            throw mine.failure;
        }
        return mine.logits;
    }

    private void readWaiting() {
        long until = System.nanoTime() + GATHERING_NANOS;
        while (waiting.size() < together && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        List<Request> requests = new ArrayList<>();
        for (Request next = waiting.poll(); next != null; next = requests.size() < MOST ? waiting.poll() : null) {
            requests.add(next);
        }
        together = requests.size();
        try {
            List<float[]> xs = pass(requests, (layer, x) -> {});
            List<float[]> logits = step.logits(xs);
            for (int i = 0; i < requests.size(); i++) {
                requests.get(i).logits = logits.get(i);
            }
        } catch (RuntimeException e) {
            requests.forEach(request -> request.failure = e);
        }
    }

    /** Has a token pass all layers, on the runtime's thread. */
    void pass(DecoderState state, int token, StreamObserver observer) {
        pass(List.of(new Request(state, token)), observer);
    }

    private List<float[]> pass(List<Request> requests, StreamObserver observer) {
        List<SequenceToken> tokens = new ArrayList<>();
        for (Request request : requests) {
            tokens.add(new SequenceToken(
                    embedding.readRows(request.token, 1),
                    request.state.length(),
                    request.state.layers().stream()
                            .map(LayerState::forNextToken)
                            .toList()));
        }
        step.forward(tokens, (x, layer) -> observer.reached(layer, x));
        for (int i = 0; i < requests.size(); i++) {
            DecoderState state = requests.get(i).state;
            state.layers().forEach(LayerState::nextTokenWritten);
            state.advance(new int[] {requests.get(i).token}, tokens.get(i).x());
        }
        return tokens.stream().map(SequenceToken::x).toList();
    }

    /** Logits of the token after one with this last layer's output, on the runtime's thread. */
    float[] logits(float[] hidden) {
        return step.logits(List.of(hidden)).getFirst();
    }

    /** Bytes of weights that are read for a token by itself. */
    long weightBytesPerToken() {
        return step.weightBytesPerToken();
    }

    @Override
    public void close() {
        step.close();
    }
}
