package io.lectern.engine.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes GGUF files for tests: right ones, and with {@link #patchedAt} wrong ones. Values are String, Integer (written as
 * 32-bit unsigned), Float, Boolean, or a list of String or Integer.
 */
public final class GgufWriter {
    private static final int ALIGNMENT = 32;

    private record Tensor(long[] shape, int type, byte[] data) {}

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    public GgufWriter put(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    public GgufWriter without(String key) {
        metadata.remove(key);
        tensors.remove(key);
        return this;
    }

    /** A tensor of 32-bit floats, all the same; shape outermost first. */
    public GgufWriter tensor(String name, float value, long... shape) {
        long elements = java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        ByteBuffer data = ByteBuffer.allocate((int) (4 * elements)).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat(value);
        }
        return tensor(name, 0, data.array(), shape);
    }

    /** A tensor of any ggml type. */
    public GgufWriter tensor(String name, int type, byte[] data, long... shape) {
        tensors.put(name, new Tensor(shape, type, data));
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        head.writeBytes(little(4).putInt(3).array());
        head.writeBytes(little(8).putLong(tensors.size()).array());
        head.writeBytes(little(8).putLong(metadata.size()).array());
        metadata.forEach((key, value) -> {
            text(head, key);
            value(head, value, true);
        });
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            text(head, entry.getKey());
            head.writeBytes(little(4).putInt(tensor.shape().length).array());
            for (int d = tensor.shape().length - 1; d >= 0; d--) {
                head.writeBytes(little(8).putLong(tensor.shape()[d]).array());
            }
            head.writeBytes(little(4).putInt(tensor.type()).array());
            head.writeBytes(little(8).putLong(offset).array());
            offset += padded(tensor.data().length);
        }
        pad(head);
        for (Tensor tensor : tensors.values()) {
            head.writeBytes(tensor.data());
            pad(head);
        }
        return head.toByteArray();
    }

    /** The file with some bytes overwritten. */
    public byte[] patchedAt(int position, byte... patch) {
        byte[] bytes = bytes();
        System.arraycopy(patch, 0, bytes, position, patch.length);
        return bytes;
    }

    private static void value(ByteArrayOutputStream out, Object value, boolean withType) {
        int type = switch (value) {
            case String text -> 8;
            case Integer number -> 4;
            case Float number -> 6;
            case Boolean flag -> 7;
            case List<?> list -> 9;
            default -> throw new IllegalArgumentException(value.getClass().toString());
        };
        if (withType) {
            out.writeBytes(little(4).putInt(type).array());
        }
        switch (value) {
            case String text -> text(out, text);
            case Integer number -> out.writeBytes(little(4).putInt(number).array());
            case Float number -> out.writeBytes(little(4).putFloat(number).array());
            case Boolean flag -> out.write(flag ? 1 : 0);
            case List<?> list -> {
                out.writeBytes(little(4)
                        .putInt(list.getFirst() instanceof String ? 8 : 4)
                        .array());
                out.writeBytes(little(8).putLong(list.size()).array());
                list.forEach(element -> value(out, element, false));
            }
            default -> throw new AssertionError();
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(little(8).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static void pad(ByteArrayOutputStream out) {
        out.writeBytes(new byte[padded(out.size()) - out.size()]);
    }

    private static int padded(int size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
