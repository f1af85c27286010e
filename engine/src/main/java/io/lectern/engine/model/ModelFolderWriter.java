package io.lectern.engine.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.SafetensorsFile.NumberType;
import io.lectern.engine.model.SafetensorsWriter.Planned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a model folder of MiniMax's architecture, strip by strip, so that models far larger than memory can be written. It
 * is written beside its place and moved there when it is whole.
 */
final class ModelFolderWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFolderWriter.class);

    /** Files of weights are at most about so large. */
    private static final long SHARD_BYTES = 4_000_000_000L;

    /** Numbers that a thread works on at a time. */
    private static final int STRIP = 1 << 20;

    /** Where the weights come from; called from many threads. */
    interface Source {
        /** The floating-point format in which the numbers come, and are stored where they do not become codes. */
        TensorType type(String canonical);

        /** The numbers of consecutive rows. */
        float[] rows(String canonical, long firstRow, int rows);
    }

    private final ModelConfig model;
    private final Source source;
    private final Optional<CodeFormat> codes;
    private final long shardBytes;

    /**
     * @param codes what becomes of the matrices that can be codes; nothing if empty
     */
    ModelFolderWriter(ModelConfig model, Source source, Optional<CodeFormat> codes) {
        this(model, source, codes, SHARD_BYTES);
    }

    ModelFolderWriter(ModelConfig model, Source source, Optional<CodeFormat> codes, long shardBytes) {
        this.model = model;
        this.source = source;
        this.codes = codes;
        this.shardBytes = shardBytes;
    }

    /** A tensor with what is stored of it: itself, or its codes, scales and shape. */
    private record Part(String canonical, long[] shape, Optional<CodeFormat> codes, List<Planned> stored) {
        long bytes() {
            return stored.stream().mapToLong(Planned::bytes).sum();
        }
    }

    /**
     * Writes the folder.
     *
     * @param destination where nothing may stand yet
     * @param config what to write into {@code config.json}, but for how weights are stored, which is added
     * @param others the other files by name
     * @param progress hears how much is written, from 0 to 1
     * @throws EngineException with MODEL_UNUSABLE if something stands at {@code destination} or the source has numbers that
     *     are none; with DOES_NOT_FIT if the disk has too little space
     */
    void write(Path destination, ObjectNode config, Map<String, byte[]> others, DoubleConsumer progress) {
        Path place = destination.toAbsolutePath().normalize();
        if (Files.exists(place)) {
            throw new EngineException(
                    EngineException.Reason.MODEL_UNUSABLE,
                    destination + " is there already; choose another place or remove it first");
        }
        List<List<Part>> shards = plan();
        long bytes =
                shards.stream().flatMap(List::stream).mapToLong(Part::bytes).sum();
        Path temporary = place.resolveSibling("." + place.getFileName() + ".partial");
        try {
            Files.createDirectories(place.getParent());
            refuseIfDiskIsTooSmall(place, bytes);
            if (Files.exists(temporary)) {
                throw new EngineException(
                        EngineException.Reason.MODEL_UNUSABLE,
                        temporary
                                + " is there already: another Lectern is writing this model, or one was stopped while it"
                                + " did; remove it if nobody writes it");
            }
            Files.createDirectory(temporary);
            try {
                writeWeights(temporary, shards, bytes, progress);
                writeJson(temporary.resolve("config.json"), described(config));
                for (Map.Entry<String, byte[]> other : others.entrySet()) {
                    Files.write(temporary.resolve(other.getKey()), other.getValue());
                }
                Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                discard(temporary);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    "%s cannot be written (%s): it takes %,d MB; choose another place or free some space"
                            .formatted(destination, e.getMessage(), bytes / 1_000_000),
                    e);
        }
    }

    private static void refuseIfDiskIsTooSmall(Path place, long bytes) throws IOException {
        FileStore disk = Files.getFileStore(place.getParent());
        if (disk.getUsableSpace() < bytes) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    "%s takes %,d MB and its disk has %,d MB free; choose another place or free some space"
                            .formatted(place, bytes / 1_000_000, disk.getUsableSpace() / 1_000_000));
        }
    }

    private List<List<Part>> plan() {
        List<List<Part>> shards = new ArrayList<>();
        long room = 0;
        for (Map.Entry<String, long[]> tensor : ExpectedTensors.of(model).entrySet()) {
            Part part = plan(tensor.getKey(), tensor.getValue());
            if (part.bytes() > room) {
                shards.add(new ArrayList<>());
                room = Math.max(shardBytes, part.bytes());
            }
            shards.getLast().add(part);
            room -= part.bytes();
        }
        return shards;
    }

    private Part plan(String canonical, long[] shape) {
        String name = MiniMaxNames.inFolder(canonical, model);
        NumberType numbers = numberType(source.type(canonical));
        if (codes.isEmpty() || !MiniMaxNames.becomesCodes(canonical, shape)) {
            List<Long> dimensions = LongStream.of(shape).boxed().toList();
            return new Part(canonical, shape, Optional.empty(), List.of(new Planned(name, numbers, dimensions)));
        }
        CodeFormat format = codes.get();
        long integers = shape[1] * format.bits() / Integer.SIZE;
        long groups = shape[1] / format.groupOf(name, shape[1]);
        return new Part(
                canonical,
                shape,
                codes,
                List.of(
                        new Planned(name + MiniMaxNames.PACKED, NumberType.I32, List.of(shape[0], integers)),
                        new Planned(name + MiniMaxNames.SCALE, numbers, List.of(shape[0], groups)),
                        new Planned(name + MiniMaxNames.SHAPE, NumberType.I64, List.of(2L))));
    }

    private static NumberType numberType(TensorType type) {
        return NumberType.valueOf(type.name());
    }

    private void writeWeights(Path folder, List<List<Part>> shards, long bytes, DoubleConsumer progress)
            throws IOException {
        AtomicLong done = new AtomicLong();
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata").put("total_size", bytes);
        ObjectNode fileOf = index.putObject("weight_map");
        for (int shard = 0; shard < shards.size(); shard++) {
            String file = shards.size() == 1
                    ? "model.safetensors"
                    : "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards.size());
            List<Planned> planned = shards.get(shard).stream()
                    .flatMap(part -> part.stored().stream())
                    .toList();
            planned.forEach(tensor -> fileOf.put(tensor.name(), file));
            try (SafetensorsWriter writer = new SafetensorsWriter(folder.resolve(file), planned)) {
                for (Part part : shards.get(shard)) {
                    writePart(part, writer, written -> progress.accept((double) done.addAndGet(written) / bytes));
                }
                writer.finish();
            }
        }
        if (shards.size() > 1) {
            writeJson(folder.resolve("model.safetensors.index.json"), index);
        }
    }

    private interface Written {
        void bytes(long number);
    }

    private void writePart(Part part, SafetensorsWriter writer, Written written) throws IOException {
        int columns = Math.toIntExact(part.shape()[part.shape().length - 1]);
        long rows = part.shape().length == 1 ? 1 : part.shape()[0];
        int strip = Math.max(1, STRIP / columns);
        long strips = (rows + strip - 1) / strip;
        LongStream.range(0, strips).parallel().forEach(number -> {
            long first = number * strip;
            int count = (int) Math.min(strip, rows - first);
            float[] numbers = source.rows(part.canonical(), first, count);
            refuseBroken(part.canonical(), numbers);
            try {
                written.bytes(
                        part.codes().isPresent()
                                ? writeCodes(part, writer, numbers, first, count, columns)
                                : writeNumbers(part, writer, numbers, first * columns));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (part.codes().isPresent()) {
            ByteBuffer shape = little(2 * Long.BYTES).putLong(part.shape()[0]).putLong(part.shape()[1]);
            writer.write(part.stored().get(2).name(), 0, shape.flip());
        }
    }

    private void refuseBroken(String canonical, float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                throw new EngineException(
                        EngineException.Reason.MODEL_UNUSABLE,
                        "the tensor " + MiniMaxNames.inFolder(canonical, model) + " of " + model.name() + " holds "
                                + number + " where a number should be");
            }
        }
    }

    private long writeNumbers(Part part, SafetensorsWriter writer, float[] numbers, long first) throws IOException {
        TensorType type = source.type(part.canonical());
        ByteBuffer bytes = little(numbers.length * type.blockBytes());
        for (float number : numbers) {
            FloatFormats.put(number, type, bytes);
        }
        writer.write(part.stored().getFirst().name(), first * type.blockBytes(), bytes.flip());
        return bytes.limit();
    }

    private long writeCodes(Part part, SafetensorsWriter writer, float[] numbers, long first, int count, int columns)
            throws IOException {
        CodeFormat format = part.codes().orElseThrow();
        TensorType scaleType = source.type(part.canonical());
        int group = format.groupOf(part.canonical(), columns);
        int codeBytes = columns * format.bits() / Byte.SIZE;
        int scaleBytes = columns / group * scaleType.blockBytes();
        ByteBuffer packed = little(count * codeBytes);
        ByteBuffer scales = little(count * scaleBytes);
        for (int row = 0; row < count; row++) {
            format.encode(numbers, row * columns, columns, group, scaleType, packed, scales);
        }
        writer.write(part.stored().get(0).name(), first * codeBytes, packed.flip());
        writer.write(part.stored().get(1).name(), first * scaleBytes, scales.flip());
        return packed.limit() + scales.limit();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The configuration with how the weights are stored. */
    private ObjectNode described(ObjectNode config) {
        ObjectNode described = config.deepCopy();
        described.put(
                described.has("torch_dtype") ? "torch_dtype" : "dtype",
                switch (source.type(TensorNames.OUTPUT_NORM)) {
                    case F16 -> "float16";
                    case BF16 -> "bfloat16";
                    default -> "float32";
                });
        codes.ifPresent(format -> described.set("quantization_config", QuantizationConfig.describing(format)));
        return described;
    }

    private static void writeJson(Path file, ObjectNode object) throws IOException {
        Files.write(file, ModelJson.bytes(object));
    }

    private static void discard(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            LOG.warn("cannot delete the unfinished folder {}", folder, e);
        }
    }
}
