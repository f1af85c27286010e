package io.lectern.engine.decoder;

import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one softmax layer, in blocks that are never moved or copied. Forks share blocks; a cache writes only
 * into a last block that it alone holds, and begins a new one otherwise. So what is shared never changes.
 */
final class KeyValueCache implements LayerState {
    /** Bytes of a key's or value's number: f16. */
    static final int BYTES_PER_NUMBER = 2;

    private static final int SMALLEST_BLOCK = 128;
    private static final int LARGEST_BLOCK = 4096;

    /** A tensor {2, heads, capacity, dimension} and how many caches hold it. */
    private static final class Block {
        final TorchValue tensor;
        final int capacity;
        int holders = 1;

        Block(TorchValue tensor, int capacity) {
            this.tensor = tensor;
            this.capacity = capacity;
        }
    }

    private final TorchBackend backend;
    private final int heads;
    private final int dimension;
    private final List<Block> blocks = new ArrayList<>();
    /** Tokens of each block that belong to this cache. */
    private final List<Integer> lengths = new ArrayList<>();
    /** The blocks as the kernel takes them; made again when they change. */
    private TorchValue blockList;

    KeyValueCache(TorchBackend backend, int heads, int dimension) {
        this.backend = backend;
        this.heads = heads;
        this.dimension = dimension;
    }

    /**
     * How many of the next tokens can be written at once, at least one; makes room for them.
     *
     * @param coming tokens that will come, more than zero: a new block is made large enough where it may be
     */
    int makeRoom(int coming) {
        int last = blocks.size() - 1;
        if (last >= 0) {
            Block block = blocks.get(last);
            int room = block.capacity - lengths.get(last);
            if (block.holders == 1 && room > 0) {
                return Math.min(room, coming);
            }
        }
        // Half as much again as there is, so that a long text written token by token has few blocks.
        int capacity = Math.clamp(Math.max(coming, length() / 2), SMALLEST_BLOCK, LARGEST_BLOCK);
        blocks.add(new Block(backend.call("new_block", heads, capacity, dimension), capacity));
        lengths.add(0);
        forgetList();
        return Math.min(capacity, coming);
    }

    /** The blocks, the last with room for the tokens to be written. */
    TorchValue blocks() {
        if (blockList == null) {
            blockList = backend.list(blocks.stream().map(block -> block.tensor).toList());
        }
        return blockList;
    }

    /** Tokens held by each of the blocks. */
    long[] lengths() {
        return lengths.stream().mapToLong(Integer::longValue).toArray();
    }

    /** Counts tokens that a kernel has written into the last block. */
    void written(int tokens) {
        int last = lengths.size() - 1;
        lengths.set(last, lengths.get(last) + tokens);
    }

    private int length() {
        return lengths.stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public KeyValueCache fork() {
        KeyValueCache fork = new KeyValueCache(backend, heads, dimension);
        fork.blocks.addAll(blocks);
        fork.lengths.addAll(lengths);
        blocks.forEach(block -> block.holders++);
        return fork;
    }

    @Override
    public void truncate(int length) {
        int excess = length() - length;
        while (excess > 0) {
            int last = blocks.size() - 1;
            int held = lengths.get(last);
            if (held > excess) {
                lengths.set(last, held - excess);
                return;
            }
            excess -= held;
            lengths.removeLast();
            release(blocks.removeLast());
            forgetList();
        }
    }

    @Override
    public void close() {
        forgetList();
        blocks.forEach(KeyValueCache::release);
        blocks.clear();
        lengths.clear();
    }

    private static void release(Block block) {
        block.holders--;
        if (block.holders == 0) {
            block.tensor.close();
        }
    }

    private void forgetList() {
        if (blockList != null) {
            blockList.close();
            blockList = null;
        }
    }
}
