package io.lectern.engine.model;

import io.lectern.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A GGUF file, memory-mapped: metadata, and a directory of tensors whose bytes stay in the file. Layout: "GGUF", version,
 * number of tensors, number of metadata entries, the entries, the tensor directory, padding to the alignment, the data
 * (source: docs/gguf.md of ggml). Nothing in the file is believed: every count, length and offset is checked against the
 * size of the file before memory is spent on it.
 */
public final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int MOST_DIMENSIONS = 4;

    private final Path path;
    private final Arena arena;
    private final GgufMetadata metadata;
    private final Map<String, TensorData> tensors;

    private GgufFile(Path path, Arena arena, GgufMetadata metadata, Map<String, TensorData> tensors) {
        this.path = path;
        this.arena = arena;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Maps a file and reads its metadata and tensor directory.
     *
     * @throws EngineException with {@link EngineException.Reason#MODEL_UNUSABLE} if the file cannot be read, is not GGUF,
     *     is damaged or incomplete, or has tensors of a type that this engine does not read
     */
    public static GgufFile open(Path path) {
        return MappedFile.open(path, (arena, bytes) -> read(path, arena, bytes));
    }

    private static GgufFile read(Path path, Arena arena, MemorySegment bytes) {
        if (bytes.byteSize() < 24) {
            throw Unusable.file(path, "is too short to be a GGUF file (" + bytes.byteSize() + " bytes)");
        }
        GgufReader reader = new GgufReader(path, bytes);
        if (reader.readInt() != MAGIC) {
            throw Unusable.file(path, "is not a GGUF file");
        }
        int version = reader.readInt();
        if (version != 2 && version != 3) {
            throw Unusable.file(
                    path,
                    Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3
                            ? "is a big-endian GGUF file, which is not supported"
                            : "is GGUF version " + Integer.toUnsignedString(version)
                                    + "; versions 2 and 3 are supported");
        }
        long tensorCount = reader.readCount(24, "tensors");
        long entryCount = reader.readCount(13, "metadata entries");
        GgufMetadata metadata = reader.readMetadata(entryCount);
        if (metadata.optionalInteger("split.count").orElse(1) > 1) {
            throw Unusable.file(
                    path, "is one part of a model split over several files; join the parts into one file first");
        }
        return new GgufFile(path, arena, metadata, readTensors(path, bytes, reader, metadata, tensorCount));
    }

    private static Map<String, TensorData> readTensors(
            Path path, MemorySegment bytes, GgufReader reader, GgufMetadata metadata, long count) {
        record Entry(String name, long[] shape, TensorType type, long offset) {}
        Entry[] entries = new Entry[Math.toIntExact(count)];
        for (int i = 0; i < entries.length; i++) {
            String name = reader.readString();
            int dimensions = reader.readInt();
            if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
                throw Unusable.file(path, "is damaged: tensor " + name + " has " + dimensions + " dimensions");
            }
            // GGUF writes the innermost dimension first.
            long[] shape = new long[dimensions];
            for (int d = dimensions - 1; d >= 0; d--) {
                shape[d] = reader.readLong();
            }
            int type = reader.readInt();
            TensorType known = TensorType.ofGgml(type)
                    .orElseThrow(() -> Unusable.file(
                            path,
                            "stores " + name + " in ggml type " + type + "; this engine reads " + TensorType.ofGguf()));
            entries[i] = new Entry(name, shape, known, reader.readLong());
        }
        long alignment = metadata.optionalInteger("general.alignment").orElse(32);
        if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw Unusable.file(path, "is damaged: its alignment is " + alignment);
        }
        long dataStart = (reader.position() + alignment - 1) / alignment * alignment;

        Map<String, TensorData> tensors = new LinkedHashMap<>();
        for (Entry entry : entries) {
            long size = sizeOf(path, entry.name(), entry.shape(), entry.type());
            long room = bytes.byteSize() - dataStart;
            if (entry.offset() < 0 || entry.offset() % alignment != 0) {
                throw Unusable.file(path, "is damaged: tensor " + entry.name() + " lies at an impossible place");
            }
            if (entry.offset() > room || size > room - entry.offset()) {
                throw Unusable.file(
                        path,
                        "is incomplete: tensor " + entry.name() + " lies beyond the end of the file ("
                                + bytes.byteSize() + " bytes); fetch the file again");
            }
            long at = dataStart + entry.offset();
            TensorData tensor =
                    new TensorData(entry.name(), entry.shape(), entry.type(), bytes.asSlice(at, size), path, at);
            if (tensors.put(entry.name(), tensor) != null) {
                throw Unusable.file(path, "is damaged: it has two tensors named " + entry.name());
            }
        }
        return tensors;
    }

    private static long sizeOf(Path path, String name, long[] shape, TensorType type) {
        try {
            long elements = 1;
            for (long dimension : shape) {
                if (dimension < 1) {
                    throw Unusable.file(path, "is damaged: tensor " + name + " has a dimension of " + dimension);
                }
                elements = Math.multiplyExact(elements, dimension);
            }
            if (shape[shape.length - 1] % type.blockElements() != 0) {
                throw Unusable.file(
                        path, "is damaged: the rows of tensor " + name + " are not whole blocks of " + type);
            }
            return type.bytes(elements);
        } catch (ArithmeticException e) {
            throw Unusable.file(path, "is damaged: tensor " + name + " is larger than any file");
        }
    }

    /** Where the file lies. */
    public Path path() {
        return path;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /** The tensors by name, in the order of the file. */
    public Map<String, TensorData> tensors() {
        return tensors;
    }

    /** Unmaps the file: no tensor's data may be used after. */
    @Override
    public void close() {
        arena.close();
    }
}
