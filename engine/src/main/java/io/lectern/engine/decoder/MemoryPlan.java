package io.lectern.engine.decoder;

import io.lectern.engine.CacheType;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.ModelConfig;
import java.util.Locale;

/**
 * The memory that a decoder takes: weights, what contexts remember, and room to work in. It is known before anything is read,
 * so that what does not fit is refused with its numbers rather than ended by the system in the middle.
 */
public final class MemoryPlan {
    /** The part of the free memory that is used at most. */
    private static final double USABLE = 0.9;

    /** Numbers of 32 bits that are alive at once for each number between two products of a tile. */
    private static final int COPIES = 6;

    private final ModelConfig config;
    private final CacheType cache;
    private final long limit;
    private final long weights;
    private final boolean streamed;

    /**
     * Plans where the weights are.
     *
     * @param limit most bytes to take; 0 for what is free
     * @param copied bytes of weights that are copied from their file to be multiplied
     * @param mapped bytes of weights that are used where they lie in the mapped file
     * @param room bytes to work with one layer's weights
     * @throws EngineException with DOES_NOT_FIT if not even one layer's fit
     */
    MemoryPlan(ModelConfig config, CacheType cache, long limit, long copied, long mapped, long room) {
        this.config = config;
        this.cache = cache;
        this.limit = limit;
        long free = limit == 0 ? FreeMemory.bytes() : Math.min(limit, FreeMemory.bytes());
        // The system takes back pages of a mapped file by itself; within a limit of the user's they count.
        long resident = copied + room + (limit == 0 ? 0 : mapped);
        streamed = resident > USABLE * free;
        weights = streamed ? room : resident;
        if (weights > USABLE * free) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    String.format(
                            Locale.ROOT,
                            "One layer of this model takes %s of memory to work with, and %s are free. Close other"
                                    + " programs, raise the limit, or choose a smaller model.",
                            size(room),
                            size(free)));
        }
    }

    /** Whether the weights are read from their file layer by layer, because they do not fit. */
    public boolean streamed() {
        return streamed;
    }

    /** Bytes that a context of so many tokens remembers. */
    public static long stateBytes(ModelConfig config, CacheType cache, long tokens) {
        return config.layers().stream()
                .mapToLong(layer -> switch (layer.mixer()) {
                    case Softmax softmax -> tokens * KeyValueCache.bytesPerToken(softmax, cache);
                    case Lightning lightning -> lightning.rememberedAlways() * Float.BYTES;
                })
                .sum();
    }

    /** Bytes of the stream and of what is between two operations of a layer, while a chunk is read. */
    long workingBytes(int chunkTokens) {
        long stream = (long) chunkTokens * config.hidden() * Float.BYTES;
        long widest = 0;
        for (LayerSpec layer : config.layers()) {
            long mixing = switch (layer.mixer()) {
                case Softmax softmax -> (softmax.heads() + 2L * softmax.keyValueHeads()) * softmax.headDimension();
                case Lightning lightning -> 4L * lightning.heads() * lightning.headDimension();
            };
            long feeding = switch (layer.feedForward()) {
                case Dense dense -> 2L * dense.intermediate();
                // Normed tokens and the experts' sum, for a tile of its own size.
                case MixtureOfExperts mixture ->
                    2L * mixture.intermediate()
                            + 2L * config.hidden() * MixtureFeedForward.TILE_TOKENS / Chunk.TILE_TOKENS;
            };
            widest = Math.max(widest, Math.max(mixing, feeding));
        }
        long tile = Math.min(chunkTokens, Chunk.TILE_TOKENS);
        return stream + tile * (widest + config.hidden()) * COPIES * Float.BYTES;
    }

    /** The longest chunk, up to a number of tokens, whose stream takes no more than a quarter of the free memory. */
    int longestChunk(int tokens) {
        long perToken = (long) config.hidden() * Float.BYTES;
        return Math.clamp(free() / 4 / perToken, Chunk.TILE_TOKENS, Math.max(Chunk.TILE_TOKENS, tokens));
    }

    /**
     * Refuses to read what does not fit.
     *
     * @param length tokens that the context has
     * @param more tokens that are to be read
     * @throws EngineException with DOES_NOT_FIT and the numbers
     */
    void require(int length, int more, int chunkTokens) {
        long state = stateBytes(config, cache, (long) length + more) - stateBytes(config, cache, length);
        long working = workingBytes(chunkTokens);
        long free = free();
        if (limit > 0) {
            free = Math.min(free, limit - weights - stateBytes(config, cache, length));
        }
        if (state + working > USABLE * free) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    String.format(
                            Locale.ROOT,
                            "To read %,d tokens takes %s of memory for what is remembered of them and %s to work in, and"
                                    + " %s are free. Read less at once, keep keys and values in fewer bits, or raise the"
                                    + " limit.",
                            more,
                            size(state),
                            size(working),
                            size(Math.max(0, free))));
        }
    }

    private long free() {
        return FreeMemory.bytes();
    }

    private static String size(long bytes) {
        return bytes < 1e9
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
