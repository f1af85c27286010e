package io.lectern.engine.model;

import io.lectern.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The key-value metadata of a GGUF file. Each accessor refuses a value of another type with the key in the message; those
 * that are not optional refuse a missing one.
 */
public final class GgufMetadata {
    private final Path path;
    private final Map<String, Object> entries;

    GgufMetadata(Path path, Map<String, Object> entries) {
        this.path = path;
        this.entries = entries;
    }

    public Set<String> keys() {
        return java.util.Collections.unmodifiableSet(entries.keySet());
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    public Optional<String> optionalString(String key) {
        return Optional.ofNullable(get(key, String.class, "a text"));
    }

    public String string(String key) {
        return optionalString(key).orElseThrow(() -> missing(key));
    }

    public OptionalLong optionalInteger(String key) {
        Long value = get(key, Long.class, "an integer");
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** An integer between 1 and {@link Integer#MAX_VALUE}: a size or a count. */
    public int size(String key) {
        return checkedSize(key, optionalInteger(key).orElseThrow(() -> missing(key)));
    }

    /** As {@link #size(String)}, with a value for where there is none. */
    public int size(String key, long otherwise) {
        return checkedSize(key, optionalInteger(key).orElse(otherwise));
    }

    public OptionalDouble optionalNumber(String key) {
        Double value = get(key, Double.class, "a floating-point number");
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    public double number(String key) {
        return optionalNumber(key).orElseThrow(() -> missing(key));
    }

    public Optional<Boolean> optionalFlag(String key) {
        return Optional.ofNullable(get(key, Boolean.class, "true or false"));
    }

    /** A list of texts. */
    public List<String> strings(String key) {
        return list(key, String.class, "texts");
    }

    /** A list of integers. */
    public List<Long> integers(String key) {
        return list(key, Long.class, "integers");
    }

    /** A list of true and false; numbers stand for them too. */
    public List<Boolean> flags(String key) {
        return list(key, Object.class, "flags").stream()
                .map(value -> switch (value) {
                    case Boolean flag -> flag;
                    case Long number -> number != 0;
                    default -> throw Unusable.file(path, "is damaged: its metadata " + key + " is not a list of flags");
                })
                .toList();
    }

    private <T> List<T> list(String key, Class<T> kind, String name) {
        List<?> values = get(key, List.class, "a list");
        if (values == null) {
            throw missing(key);
        }
        return values.stream()
                .map(value -> {
                    if (!kind.isInstance(value)) {
                        throw Unusable.file(path, "is damaged: its metadata " + key + " is not a list of " + name);
                    }
                    return kind.cast(value);
                })
                .toList();
    }

    private <T> T get(String key, Class<T> kind, String name) {
        Object value = entries.get(key);
        if (value != null && !kind.isInstance(value)) {
            throw Unusable.file(path, "is damaged: its metadata " + key + " is not " + name);
        }
        return kind.cast(value);
    }

    private int checkedSize(String key, long value) {
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw Unusable.file(path, "is damaged: its metadata " + key + " is " + value);
        }
        return (int) value;
    }

    private EngineException missing(String key) {
        return Unusable.file(path, "lacks the metadata " + key);
    }
}
