package io.lectern.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the head of a GGUF file from front to back; never beyond its end, and never more than the file can hold. */
final class GgufReader {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Longest text: a tokenizer's tokens and a chat template are far shorter. */
    private static final long LONGEST_STRING = 16L << 20;

    private static final long LONGEST_ARRAY = 16L << 20;
    private static final int DEEPEST_ARRAY = 4;

    private final Path path;
    private final MemorySegment bytes;
    private long position;

    GgufReader(Path path, MemorySegment bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    int readInt() {
        return bytes.get(INT, advance(4));
    }

    long readLong() {
        return bytes.get(LONG, advance(8));
    }

    /** A number of things, each of which takes at least so many bytes of what is left of the file. */
    long readCount(long leastBytesEach, String things) {
        long count = readLong();
        if (count < 0 || count > (bytes.byteSize() - position) / leastBytesEach) {
            throw Unusable.file(
                    path, "is damaged or incomplete: it claims " + Long.toUnsignedString(count) + " " + things);
        }
        return count;
    }

    String readString() {
        long length = readCount(1, "bytes of text");
        if (length > LONGEST_STRING) {
            throw Unusable.file(path, "is damaged: it has a text of " + length + " bytes");
        }
        byte[] text = bytes.asSlice(advance(length), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(text, StandardCharsets.UTF_8);
    }

    GgufMetadata readMetadata(long count) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = readString();
            if (entries.put(key, readValue(readInt(), 0)) != null) {
                throw Unusable.file(path, "is damaged: it has the metadata " + key + " twice");
            }
        }
        return new GgufMetadata(path, entries);
    }

    /** Integers become Long, floating-point numbers Double; the type numbers are those of GGUF. */
    private Object readValue(int type, int depth) {
        return switch (type) {
            case 0 -> (long) (bytes.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xFF);
            case 1 -> (long) bytes.get(ValueLayout.JAVA_BYTE, advance(1));
            case 2 -> (long) (bytes.get(SHORT, advance(2)) & 0xFFFF);
            case 3 -> (long) bytes.get(SHORT, advance(2));
            case 4 -> Integer.toUnsignedLong(readInt());
            case 5 -> (long) readInt();
            case 6 -> (double) Float.intBitsToFloat(readInt());
            case 7 -> bytes.get(ValueLayout.JAVA_BYTE, advance(1)) != 0;
            case 8 -> readString();
            case 9 -> readArray(depth);
            case 10, 11 -> readLong();
            case 12 -> Double.longBitsToDouble(readLong());
            default ->
                throw Unusable.file(
                        path, "is damaged: it has metadata of the unknown type " + Integer.toUnsignedString(type));
        };
    }

    private List<Object> readArray(int depth) {
        int type = readInt();
        long leastBytes = type == 8 || type == 10 || type == 11 || type == 12 ? 8 : type == 9 ? 12 : 1;
        long count = readCount(leastBytes, "values in an array");
        if (count > LONGEST_ARRAY || depth >= DEEPEST_ARRAY) {
            throw Unusable.file(path, "is damaged: it has an array too large or too deep to be metadata");
        }
        List<Object> values = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            values.add(readValue(type, depth + 1));
        }
        return values;
    }

    private long advance(long count) {
        if (count > bytes.byteSize() - position) {
            throw Unusable.file(path, "is incomplete: it ends within its head; fetch the file again");
        }
        long from = position;
        position += count;
        return from;
    }
}
