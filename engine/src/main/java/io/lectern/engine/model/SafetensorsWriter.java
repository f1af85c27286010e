package io.lectern.engine.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.model.SafetensorsFile.NumberType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a safetensors file whose tensors are known beforehand; their bytes may come in any order and from many threads.
 * The largest number types come first and the head is padded, so that every number lies at a multiple of its size, as
 * readers that map the file want it.
 */
final class SafetensorsWriter implements AutoCloseable {
    /**
     * A tensor to be written.
     *
     * @param name in the file
     * @param type of its numbers
     * @param shape row-major, outermost dimension first
     */
    record Planned(String name, NumberType type, List<Long> shape) {
        Planned {
            shape = List.copyOf(shape);
        }

        /** Bytes that it takes. */
        long bytes() {
            return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
        }
    }

    private static final int ALIGNMENT = 8;

    private final FileChannel channel;
    private final Map<String, Long> places = new HashMap<>();
    private final long size;
    private final AtomicLong written = new AtomicLong();

    /** Creates the file, which must not exist, and writes its head. */
    SafetensorsWriter(Path file, List<Planned> tensors) throws IOException {
        ObjectNode head = JsonNodeFactory.instance.objectNode();
        head.putObject("__metadata__").put("format", "pt");
        long end = 0;
        List<Planned> largestFirst = tensors.stream()
                .sorted(Comparator.comparingInt(
                        (Planned tensor) -> -tensor.type().bytes()))
                .toList();
        for (Planned tensor : largestFirst) {
            ObjectNode entry = head.putObject(tensor.name());
            entry.put("dtype", tensor.type().name());
            var shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            places.put(tensor.name(), end);
            entry.putArray("data_offsets").add(end).add(end + tensor.bytes());
            end += tensor.bytes();
        }
        byte[] json = head.toString().getBytes(StandardCharsets.UTF_8);
        int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        long dataStart = bytes.capacity();
        places.replaceAll((name, place) -> dataStart + place);
        this.size = dataStart + end;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            write(bytes.flip(), 0);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Writes bytes of a tensor.
     *
     * @param at where in the tensor
     */
    void write(String tensor, long at, ByteBuffer bytes) throws IOException {
        write(bytes, places.get(tensor) + at);
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += channel.write(bytes, to);
        }
        written.addAndGet(to - at);
    }

    /** Waits until the disk has everything. */
    void finish() throws IOException {
        if (written.get() != size) {
            throw new IllegalStateException("of " + size + " bytes only " + written.get() + " were written");
        }
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
