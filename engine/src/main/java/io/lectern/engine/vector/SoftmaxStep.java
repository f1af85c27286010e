package io.lectern.engine.vector;

import io.lectern.engine.CacheType;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.vector.LayerMemory.Block;
import io.lectern.engine.vector.LayerMemory.KeysAndValues;
import io.lectern.engine.vector.Products.Product;
import java.util.ArrayList;
import java.util.List;

/**
 * Grouped-query softmax attention of single tokens: see {@link Softmax}. The past is attended to in pieces, by all workers;
 * each piece gives its own softmax with its largest score and its sum, and the pieces are merged by these, which gives the
 * same as one softmax over all.
 */
final class SoftmaxStep implements MixerStep {
    /** Tokens of a piece: some microseconds of work for each key-value head. */
    private static final int PIECE = 256;

    /** Tokens whose keys or values are widened at a time: they stay in the first-level cache. */
    private static final int TILE = 16;

    private final Softmax spec;
    private final VectorMatrix query;
    private final VectorMatrix key;
    private final VectorMatrix value;
    private final float[] biases;
    private final VectorMatrix output;
    private final Rotation rotation;
    private final Workers workers;

    private final Rooms<MixerRoom> rooms;

    /**
     * With its weights.
     *
     * @param biases of query, key and value, one behind the other; empty if there are none
     */
    SoftmaxStep(
            Softmax spec,
            VectorMatrix query,
            VectorMatrix key,
            VectorMatrix value,
            float[] biases,
            VectorMatrix output,
            Rotation rotation,
            Workers workers) {
        this.spec = spec;
        this.query = query;
        this.key = key;
        this.value = value;
        this.biases = biases;
        this.output = output;
        this.rotation = rotation;
        this.workers = workers;
        rooms = new Rooms<>(() -> new MixerRoom(query.rows() + key.rows() + value.rows(), query.rows()));
    }

    @Override
    public void forward(List<Activations> normed, List<float[]> outputs, List<LayerMemory> memories, long[] positions) {
        List<MixerRoom> tokens = rooms.first(normed.size());
        int keyAt = query.rows();
        int valueAt = keyAt + key.rows();
        List<float[]> projected = tokens.stream().map(room -> room.projected()).toList();
        Products.compute(
                workers,
                List.of(
                        new Product(query, normed, projected, 0),
                        new Product(key, normed, projected, keyAt),
                        new Product(value, normed, projected, valueAt)));
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            KeysAndValues past = (KeysAndValues) memories.get(i);
            turn(tokens.get(i).projected(), positions[i]);
            remember(past, tokens.get(i).projected(), keyAt, valueAt);
            addPieces(past, tokens.get(i), pieces);
        }
        attend(tokens, pieces);
        List<Activations> attended =
                tokens.stream().map(room -> room.attended()).toList();
        Products.compute(workers, List.of(new Product(output, attended, outputs, 0)));
    }

    /** Adds biases, and turns queries and keys to their position. */
    private void turn(float[] projected, long position) {
        VectorFunctions.add(1, biases, 0, projected, 0, biases.length);
        int dimension = spec.headDimension();
        rotation.moveTo(position);
        for (int at = 0; at < query.rows() + key.rows(); at += dimension) {
            rotation.turn(projected, at);
        }
        VectorFunctions.scale((float) (1 / Math.sqrt(dimension)), projected, 0, query.rows());
    }

    private void remember(KeysAndValues past, float[] projected, int keyAt, int valueAt) {
        Block last = past.blocks().getLast();
        if (last.length() >= last.capacity()) {
            throw new IllegalStateException("the last block has no room for a token");
        }
        int dimension = spec.headDimension();
        for (int head = 0; head < spec.keyValueHeads(); head++) {
            numbers(past.type(), last, CacheNumbers.KEYS, head)
                    .write(last.length(), projected, keyAt + head * dimension);
            numbers(past.type(), last, CacheNumbers.VALUES, head)
                    .write(last.length(), projected, valueAt + head * dimension);
        }
    }

    private CacheNumbers numbers(CacheType type, Block block, int which, int head) {
        return new CacheNumbers(type, block, which, spec.keyValueHeads(), head, spec.headDimension());
    }

    /** Some tokens of a block, seen by the queries of one key-value head of a token. */
    private record Piece(MixerRoom token, CacheType type, Block block, int head, int first, int after) {}

    /** What a piece gives: for each query the values it attends to {queries, dimension}, its largest score and its sum. */
    private record Partial(float[] values, float[] largest, float[] sums) {}

    private void addPieces(KeysAndValues past, MixerRoom token, List<Piece> pieces) {
        for (int head = 0; head < spec.keyValueHeads(); head++) {
            for (Block block : past.blocks()) {
                int length = block == past.blocks().getLast() ? block.length() + 1 : block.length();
                for (int first = 0; first < length; first += PIECE) {
                    pieces.add(new Piece(token, past.type(), block, head, first, Math.min(length, first + PIECE)));
                }
            }
        }
    }

    /** Attends to all pieces, which stand token by token and head by head. */
    private void attend(List<MixerRoom> tokens, List<Piece> pieces) {
        Partial[] partials = new Partial[pieces.size()];
        workers.forEach(partials.length, i -> partials[i] = attend(pieces.get(i)));
        int first = 0;
        while (first < partials.length) {
            Piece piece = pieces.get(first);
            int after = first;
            while (after < partials.length
                    && pieces.get(after).token() == piece.token()
                    && pieces.get(after).head() == piece.head()) {
                after++;
            }
            merge(piece, partials, first, after);
            first = after;
        }
        tokens.forEach(token -> token.attended().ready());
    }

    private Partial attend(Piece piece) {
        float[] projected = piece.token().projected();
        int dimension = spec.headDimension();
        int group = spec.heads() / spec.keyValueHeads();
        int length = piece.after() - piece.first();
        float[] tile = new float[TILE * dimension];
        float[] scores = new float[group * length];
        int queryAt = piece.head() * group * dimension;
        CacheNumbers keys = numbers(piece.type(), piece.block(), CacheNumbers.KEYS, piece.head());
        for (int first = 0; first < length; first += TILE) {
            int tokens = Math.min(TILE, length - first);
            keys.read(piece.first() + first, tokens, tile);
            for (int token = 0; token < tokens; token++) {
                for (int g = 0; g < group; g++) {
                    scores[g * length + first + token] =
                            VectorFunctions.dot(projected, queryAt + g * dimension, tile, token * dimension, dimension);
                }
            }
        }
        Partial partial = new Partial(new float[group * dimension], new float[group], new float[group]);
        for (int g = 0; g < group; g++) {
            partial.largest()[g] = VectorFunctions.largest(scores, g * length, length);
            partial.sums()[g] = VectorFunctions.exponentials(scores, g * length, length, partial.largest()[g]);
        }
        CacheNumbers values = numbers(piece.type(), piece.block(), CacheNumbers.VALUES, piece.head());
        for (int first = 0; first < length; first += TILE) {
            int tokens = Math.min(TILE, length - first);
            values.read(piece.first() + first, tokens, tile);
            for (int token = 0; token < tokens; token++) {
                for (int g = 0; g < group; g++) {
                    VectorFunctions.add(
                            scores[g * length + first + token],
                            tile,
                            token * dimension,
                            partial.values(),
                            g * dimension,
                            dimension);
                }
            }
        }
        return partial;
    }

    private void merge(Piece piece, Partial[] partials, int first, int after) {
        float[] attended = piece.token().attended().numbers();
        int dimension = spec.headDimension();
        int group = spec.heads() / spec.keyValueHeads();
        for (int g = 0; g < group; g++) {
            int at = (piece.head() * group + g) * dimension;
            float largest = Float.NEGATIVE_INFINITY;
            for (int i = first; i < after; i++) {
                largest = Math.max(largest, partials[i].largest()[g]);
            }
            float sum = 0;
            VectorFunctions.scale(0, attended, at, dimension);
            for (int i = first; i < after; i++) {
                float share = (float) Math.exp(partials[i].largest()[g] - largest);
                sum += share * partials[i].sums()[g];
                VectorFunctions.add(share, partials[i].values(), g * dimension, attended, at, dimension);
            }
            VectorFunctions.scale(1 / sum, attended, at, dimension);
        }
    }

    @Override
    public long bytes() {
        return query.bytes() + key.bytes() + value.bytes() + output.bytes();
    }
}
