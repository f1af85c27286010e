package io.lectern.engine.decoder;

import io.lectern.engine.Cancellation;
import io.lectern.engine.model.LayerSpec.Rotary;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The tokens that pass the layers together: where they stand, and what all layers can share about that. A layer takes them
 * tile by tile, so that what is between two of its operations stays small however long the chunk is.
 */
final class Chunk implements AutoCloseable {
    /** Tokens that one call of a kernel works on at most, where a layer has no reason for another number. */
    static final int TILE_TOKENS = 1024;

    private final TorchBackend backend;
    private final int position;
    private final int tokens;
    private final Cancellation cancellation;
    private final ReadingWork work;
    /** Where the chunk begins within its reading. */
    private final int startInReading;

    private final Map<Rotary, Map<Integer, TorchValue>> angles = new HashMap<>();

    /**
     * Tokens from a position on.
     *
     * @param startInReading where the chunk begins within the reading that it is a part of
     */
    Chunk(
            TorchBackend backend,
            int position,
            int startInReading,
            int tokens,
            ReadingWork work,
            Cancellation cancellation) {
        this.backend = backend;
        this.startInReading = startInReading;
        this.work = work;
        this.position = position;
        this.tokens = tokens;
        this.cancellation = cancellation;
    }

    int tokens() {
        return tokens;
    }

    /** Looks at the cancellation, but not for a single token, which is soon read. */
    void throwIfCancelled() {
        if (tokens > 1) {
            cancellation.throwIfCancelled();
        }
    }

    /** A mixer has done a tile. */
    void mixed(Tile tile) {
        work.mixed(startInReading + tile.first(), tile.tokens());
    }

    /** A feed-forward has done a tile. */
    void fed(Tile tile) {
        work.fed(tile.tokens());
    }

    /** Some of the chunk's tokens: from {@code first} to before {@code after}, with their part of the stream. */
    record Tile(int first, int after, TorchValue x) {
        int tokens() {
            return after - first;
        }
    }

    /** Works on a tile. */
    @FunctionalInterface
    interface TileWork {
        void accept(Tile tile);
    }

    /** Has work done on tiles of the usual size, one after the other. */
    void forEachTile(TorchValue x, TileWork work) {
        forEachTile(x, left -> TILE_TOKENS, work);
    }

    /**
     * Has work done on tiles one after the other. Cancellation is looked at before each.
     *
     * @param sizeOfNext how many tokens the next tile may have, at least 1, given how many are left
     */
    void forEachTile(TorchValue x, IntUnaryOperator sizeOfNext, TileWork work) {
        int first = 0;
        while (first < tokens) {
            throwIfCancelled();
            int after = first + Math.min(tokens - first, sizeOfNext.applyAsInt(tokens - first));
            if (after - first == tokens) {
                work.accept(new Tile(first, after, x));
            } else {
                try (TorchValue rows = backend.call("rows", x, first, after)) {
                    work.accept(new Tile(first, after, rows));
                }
            }
            first = after;
        }
    }

    /** Cosines and sines of the rotary embedding of a tile's tokens; layers with the same tiles share them. */
    TorchValue angles(Rotary rotary, Tile tile) {
        return angles.computeIfAbsent(rotary, key -> new HashMap<>())
                .computeIfAbsent(
                        tile.first(),
                        first -> backend.call(
                                "rotary_angles", position + first, tile.tokens(), rotary.dimensions(), rotary.theta()));
    }

    @Override
    public void close() {
        angles.values().forEach(tiles -> tiles.values().forEach(TorchValue::close));
    }
}
