package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.lectern.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, memory-mapped. Layout: the length of the head in 8 bytes, the head in JSON (for each tensor its
 * number type, shape and place), the data, in which tensors follow one another without gaps (source: the format's
 * description at github.com/huggingface/safetensors). All numbers are little-endian. Nothing in the file is believed: the
 * size of the head is bounded, and every shape and place is checked against the size of the file.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** Far more than the head of any model takes: about 150 bytes a tensor. */
    private static final long LARGEST_HEAD = 32L << 20;

    private static final int MOST_DIMENSIONS = 8;
    private static final String METADATA = "__metadata__";

    /** How numbers are stored in a safetensors file. */
    public enum NumberType {
        BOOL(1),
        U8(1),
        I8(1),
        F8_E4M3(1),
        F8_E5M2(1),
        U16(2),
        I16(2),
        F16(2),
        BF16(2),
        U32(4),
        I32(4),
        F32(4),
        U64(8),
        I64(8),
        F64(8);

        private final int bytes;

        NumberType(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes of one number. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * A tensor as it is stored.
     *
     * @param name in the file
     * @param type of its numbers
     * @param shape row-major, outermost dimension first; no dimensions for a single number
     * @param data the stored bytes, memory-mapped and read-only; unusable once the file is closed
     * @param file the file it lies in
     * @param offset of its first byte in that file
     */
    public record Stored(String name, NumberType type, List<Long> shape, MemorySegment data, Path file, long offset) {
        public Stored {
            shape = List.copyOf(shape);
        }

        /** Numbers in the tensor. */
        public long elements() {
            return data.byteSize() / type.bytes();
        }

        /**
         * The numbers of a small tensor of integers of 32 or 64 bits.
         *
         * @throws EngineException with MODEL_UNUSABLE if it holds other numbers
         */
        public long[] readIntegers() {
            return switch (type) {
                case I32 -> {
                    int[] numbers = data.toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
                    yield java.util.Arrays.stream(numbers).asLongStream().toArray();
                }
                case I64 -> data.toArray(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
                default -> throw Unusable.file(file, "stores " + name + " as " + type + ", not as integers");
            };
        }

        /**
         * The same as a tensor of weights.
         *
         * @throws EngineException with MODEL_UNUSABLE if its numbers are not F32, F16 or BF16, or it is a single number
         */
        public TensorData asWeights(String canonicalName) {
            TensorType weights = switch (type) {
                case F32 -> TensorType.F32;
                case F16 -> TensorType.F16;
                case BF16 -> TensorType.BF16;
                default ->
                    throw Unusable.file(
                            file,
                            "stores " + name + " as " + type + "; this engine reads weights of F32, F16 and BF16");
            };
            if (shape.isEmpty()) {
                throw Unusable.file(file, "has a single number for " + name + ", not a tensor");
            }
            return new TensorData(canonicalName, dimensions(), weights, data, file, offset);
        }

        long[] dimensions() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }
    }

    private final Path path;
    private final Arena arena;
    private final Map<String, Stored> tensors;

    private SafetensorsFile(Path path, Arena arena, Map<String, Stored> tensors) {
        this.path = path;
        this.arena = arena;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Maps a file and reads its head.
     *
     * @throws EngineException with {@link EngineException.Reason#MODEL_UNUSABLE} if the file cannot be read, is not
     *     safetensors, is damaged or incomplete
     */
    public static SafetensorsFile open(Path path) {
        return MappedFile.open(path, (arena, bytes) -> new SafetensorsFile(path, arena, read(path, bytes)));
    }

    private static Map<String, Stored> read(Path path, MemorySegment bytes) {
        if (bytes.byteSize() < 10) {
            throw Unusable.file(path, "is too short to be a safetensors file (" + bytes.byteSize() + " bytes)");
        }
        long headLength = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (headLength < 2 || bytes.get(ValueLayout.JAVA_BYTE, 8) != '{') {
            throw Unusable.file(path, "is not a safetensors file");
        }
        if (headLength > bytes.byteSize() - 8) {
            throw Unusable.file(
                    path,
                    "is incomplete: it claims a head of " + headLength + " bytes and is " + bytes.byteSize()
                            + " bytes long; fetch the file again");
        }
        if (headLength > LARGEST_HEAD) {
            throw Unusable.file(path, "is damaged: it claims a head of " + headLength + " bytes");
        }
        JsonNode head = ModelJson.parse(path, bytes.asSlice(8, headLength).toArray(ValueLayout.JAVA_BYTE));
        MemorySegment data = bytes.asSlice(8 + headLength);
        Map<String, Stored> tensors = new LinkedHashMap<>();
        head.properties().forEach(entry -> {
            if (!entry.getKey().equals(METADATA)) {
                tensors.put(entry.getKey(), readTensor(path, entry.getKey(), entry.getValue(), data, 8 + headLength));
            }
        });
        refuseGaps(path, tensors, bytes.byteSize(), 8 + headLength);
        return tensors;
    }

    private static Stored readTensor(Path path, String name, JsonNode entry, MemorySegment data, long dataStart) {
        NumberType type = readType(path, name, entry.path("dtype"));
        List<Long> shape = readIntegers(path, name, entry.path("shape"));
        List<Long> place = readIntegers(path, name, entry.path("data_offsets"));
        if (place.size() != 2 || place.get(1) < place.get(0)) {
            throw damaged(path, name, "lies at an impossible place");
        }
        if (shape.size() > MOST_DIMENSIONS) {
            throw damaged(path, name, "has " + shape.size() + " dimensions");
        }
        long bytes = type.bytes();
        try {
            for (long dimension : shape) {
                if (dimension == 0) {
                    throw damaged(path, name, "has a dimension of 0");
                }
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException e) {
            throw damaged(path, name, "is larger than any file");
        }
        if (bytes != place.get(1) - place.get(0)) {
            throw damaged(
                    path,
                    name,
                    "takes " + (place.get(1) - place.get(0)) + " bytes, but " + type + " of the shape " + shape
                            + " take " + bytes);
        }
        if (place.get(1) > data.byteSize()) {
            throw Unusable.file(
                    path,
                    "is incomplete: tensor " + name + " lies beyond the end of the file ("
                            + (dataStart + data.byteSize()) + " bytes); fetch the file again");
        }
        long offset = dataStart + place.get(0);
        return new Stored(name, type, shape, data.asSlice(place.get(0), bytes), path, offset);
    }

    private static NumberType readType(Path path, String name, JsonNode type) {
        for (NumberType known : NumberType.values()) {
            if (known.name().equals(type.asText())) {
                return known;
            }
        }
        throw Unusable.file(
                path, "stores tensor " + name + " as \"" + type.asText() + "\", which this engine does not know");
    }

    private static List<Long> readIntegers(Path path, String name, JsonNode list) {
        if (list.getNodeType() != JsonNodeType.ARRAY) {
            throw damaged(path, name, "has no shape or no place");
        }
        List<Long> numbers = new ArrayList<>();
        for (JsonNode number : list) {
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw damaged(path, name, "has " + number + " in its shape or place");
            }
            numbers.add(number.longValue());
        }
        return numbers;
    }

    /** Tensors that overlap, or bytes that belong to none, are signs of a file that somebody has tampered with. */
    private static void refuseGaps(Path path, Map<String, Stored> tensors, long fileBytes, long dataStart) {
        long end = dataStart;
        for (Stored tensor : tensors.values().stream()
                .sorted(Comparator.comparingLong(Stored::offset))
                .toList()) {
            if (tensor.offset() != end) {
                throw damaged(
                        path,
                        tensor.name(),
                        tensor.offset() < end ? "overlaps the one before it" : "does not follow the one before it");
            }
            end += tensor.data().byteSize();
        }
        if (end != fileBytes) {
            throw Unusable.file(path, "is damaged: it has " + (fileBytes - end) + " bytes behind its last tensor");
        }
    }

    private static EngineException damaged(Path path, String tensor, String what) {
        return Unusable.file(path, "is damaged: tensor " + tensor + " " + what);
    }

    /** Where the file lies. */
    public Path path() {
        return path;
    }

    /** The tensors by name, in the order of the head. */
    public Map<String, Stored> tensors() {
        return tensors;
    }

    /** Unmaps the file: no tensor's data may be used after. */
    @Override
    public void close() {
        arena.close();
    }
}
