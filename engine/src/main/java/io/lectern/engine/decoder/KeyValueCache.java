package io.lectern.engine.decoder;

import io.lectern.engine.CacheType;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import io.lectern.engine.vector.LayerMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keys and values of one softmax layer, in blocks that are never moved or copied. Forks share blocks; a cache writes only
 * into a last block that it alone holds, and begins a new one otherwise. So what is shared never changes.
 */
final class KeyValueCache implements LayerState {
    private static final int SMALLEST_BLOCK = 128;
    private static final int LARGEST_BLOCK = 4096;

    /**
     * Some tokens' keys and values.
     *
     * @param numbers {2, heads, capacity, dimension}
     * @param scales {2, heads, capacity, 1} of 8-bit codes, else null
     */
    private record Block(SharedTensor numbers, SharedTensor scales, int capacity) {
        Block share() {
            numbers.share();
            if (scales != null) {
                scales.share();
            }
            return this;
        }

        void release() {
            numbers.release();
            if (scales != null) {
                scales.release();
            }
        }
    }

    private final TorchBackend backend;
    private final int heads;
    private final int dimension;
    private final CacheType type;
    private final List<Block> blocks = new ArrayList<>();
    /** Tokens of each block that belong to this cache. */
    private final List<Integer> lengths = new ArrayList<>();
    /** The blocks as the kernel takes them; made again when they change. */
    private TorchValue blockList;

    private TorchValue scalesList;

    KeyValueCache(TorchBackend backend, int heads, int dimension, CacheType type) {
        this.backend = backend;
        this.heads = heads;
        this.dimension = dimension;
        this.type = type;
    }

    /** Bytes that a layer takes for each token. */
    static long bytesPerToken(Softmax spec, CacheType type) {
        return 2L * spec.keyValueHeads() * (spec.headDimension() * numberBytes(type) + scaleBytes(type));
    }

    private static long numberBytes(CacheType type) {
        return switch (type) {
            case F32 -> Float.BYTES;
            case F16, BF16 -> Short.BYTES;
            case INT8 -> Byte.BYTES;
        };
    }

    private static long scaleBytes(CacheType type) {
        return type == CacheType.INT8 ? Float.BYTES : 0;
    }

    private static int torchType(CacheType type) {
        return switch (type) {
            case F32 -> TorchType.F32;
            case F16 -> TorchType.F16;
            case BF16 -> TorchType.BF16;
            case INT8 -> TorchType.I8;
        };
    }

    /**
     * How many of the next tokens can be written at once, at least one; makes room for them.
     *
     * @param coming tokens that will come, more than zero: a new block is made large enough where it may be
     * @param atOnce the most that are wanted at once
     */
    int makeRoom(int coming, int atOnce) {
        int last = blocks.size() - 1;
        if (last >= 0) {
            Block block = blocks.get(last);
            int room = block.capacity - lengths.get(last);
            if (block.numbers.isHeldByOne() && room > 0) {
                return Math.min(room, atOnce);
            }
        }
        // Half as much again as there is, so that a long text written token by token has few blocks.
        int capacity = Math.clamp(Math.max(coming, length() / 2), SMALLEST_BLOCK, LARGEST_BLOCK);
        addBlock(capacity, 0);
        return Math.min(capacity, atOnce);
    }

    /** Adds a block, of whose tokens so many are said to belong to this cache. */
    private void addBlock(int capacity, int tokens) {
        SharedTensor numbers = new SharedTensor(backend.call("new_block", heads, capacity, dimension, torchType(type)));
        SharedTensor scales =
                type == CacheType.INT8 ? new SharedTensor(backend.call("new_scales", heads, capacity)) : null;
        blocks.add(new Block(numbers, scales, capacity));
        lengths.add(tokens);
        forgetList();
    }

    /** Makes the blocks of an empty cache, with tokens whose keys and values are yet to be filled in. */
    void layOut(List<StateLayout.Block> planned) {
        for (StateLayout.Block block : planned) {
            if (block.tokens() < 0 || block.tokens() > block.capacity() || block.capacity() > LARGEST_BLOCK) {
                throw new IllegalArgumentException("no block can be laid out as " + block);
            }
            addBlock(block.capacity(), block.tokens());
        }
    }

    /** The blocks, the last with room for the tokens to be written. */
    TorchValue blocks() {
        if (blockList == null) {
            blockList = backend.list(
                    blocks.stream().map(block -> block.numbers.tensor()).toList());
        }
        return blockList;
    }

    /** The scales of the blocks if they hold 8-bit codes; else an empty list. */
    TorchValue scales() {
        if (scalesList == null) {
            scalesList = backend.list(blocks.stream()
                    .filter(block -> block.scales != null)
                    .map(block -> block.scales.tensor())
                    .toList());
        }
        return scalesList;
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
        KeyValueCache fork = new KeyValueCache(backend, heads, dimension, type);
        fork.blocks.addAll(blocks);
        fork.lengths.addAll(lengths);
        blocks.forEach(Block::share);
        return fork;
    }

    @Override
    public void mark() {
        // Any length can be returned to.
    }

    @Override
    public boolean returnsToMarkOnly() {
        return false;
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
            blocks.removeLast().release();
            forgetList();
        }
    }

    @Override
    public List<StateLayout.Block> layout() {
        List<StateLayout.Block> layout = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            layout.add(new StateLayout.Block(blocks.get(i).capacity, lengths.get(i)));
        }
        return layout;
    }

    @Override
    public long bytesPerToken() {
        return 2L * heads * (dimension * numberBytes(type) + scaleBytes(type));
    }

    @Override
    public long fixedBytes() {
        return 0;
    }

    @Override
    public void visitTokens(int from, int to, Consumer<MemorySegment> visitor) {
        visitRows(from, to, dimension * numberBytes(type), Block::numbers, visitor);
        if (type == CacheType.INT8) {
            visitRows(from, to, scaleBytes(type), Block::scales, visitor);
        }
    }

    /** Visits the rows of a tensor of each block, head by head, each over all blocks that hold tokens of the range. */
    private void visitRows(
            int from,
            int to,
            long bytesPerToken,
            Function<Block, SharedTensor> tensor,
            Consumer<MemorySegment> visitor) {
        List<MemorySegment> memories = backend.run(() -> blocks.stream()
                .map(block -> backend.memory(tensor.apply(block).tensor()))
                .toList());
        for (int head = 0; head < 2 * heads; head++) {
            int start = 0;
            for (int i = 0; i < blocks.size(); i++) {
                int first = Math.max(from, start) - start;
                int after = Math.min(to, start + lengths.get(i)) - start;
                if (first < after) {
                    long row = (long) head * blocks.get(i).capacity;
                    visitor.accept(
                            memories.get(i).asSlice((row + first) * bytesPerToken, (after - first) * bytesPerToken));
                }
                start += lengths.get(i);
            }
        }
    }

    @Override
    public void visitFixed(Consumer<MemorySegment> visitor) {
        // All that is kept is of single tokens.
    }

    @Override
    public LayerMemory forNextToken() {
        makeRoom(1, 1);
        List<LayerMemory.Block> memories = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            memories.add(new LayerMemory.Block(
                    block.numbers.memory(backend),
                    block.scales == null ? null : block.scales.memory(backend),
                    block.capacity,
                    lengths.get(i)));
        }
        return new LayerMemory.KeysAndValues(type, memories);
    }

    @Override
    public void nextTokenWritten() {
        written(1);
    }

    @Override
    public void close() {
        forgetList();
        blocks.forEach(Block::release);
        blocks.clear();
        lengths.clear();
    }

    private void forgetList() {
        if (blockList != null) {
            blockList.close();
            blockList = null;
        }
        if (scalesList != null) {
            scalesList.close();
            scalesList = null;
        }
    }
}
