package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The fields of an object of a configuration file. Each field must be read, required to have the one value that is
 * computed here, or ignored by name; what is left then is refused, because it may change what the model computes.
 */
final class ConfigFields {
    private final Path file;
    private final String prefix;
    private final JsonNode object;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * @param file for messages
     * @param prefix of the fields' names in messages, such as "rope_parameters."; empty for the outermost object
     * @param object whose fields are meant
     */
    ConfigFields(Path file, String prefix, JsonNode object) {
        this.file = file;
        this.prefix = prefix;
        this.object = object;
    }

    /** Whether there is such a field and it is not null; this does not count as having read it. */
    boolean has(String name) {
        return object.hasNonNull(name);
    }

    /** An integer between 1 and {@code most}. */
    int size(String name, int most) {
        return optionalSize(name, most).orElseThrow(() -> missing(name));
    }

    /** An integer between 1 and {@code most}, if there is one. */
    OptionalInt optionalSize(String name, int most) {
        Optional<JsonNode> value = read(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        JsonNode number = value.get();
        if (!number.isIntegralNumber()
                || !number.canConvertToInt()
                || number.intValue() < 1
                || number.intValue() > most) {
            throw refused(name, "this engine needs a whole number from 1 to " + most);
        }
        return OptionalInt.of(number.intValue());
    }

    /** A finite number. */
    double number(String name) {
        double number = optionalNumber(name, Double.NaN);
        if (Double.isNaN(number)) {
            throw missing(name);
        }
        return number;
    }

    /** A finite number, or {@code otherwise} if there is none. */
    double optionalNumber(String name, double otherwise) {
        Optional<JsonNode> value = read(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (!value.get().isNumber() || !Double.isFinite(value.get().doubleValue())) {
            throw refused(name, "this engine needs a number");
        }
        return value.get().doubleValue();
    }

    /** True or false, or {@code otherwise} if the field is not there. */
    boolean flag(String name, boolean otherwise) {
        Optional<JsonNode> value = read(name);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw refused(name, "this engine needs true or false");
        }
        return value.map(JsonNode::booleanValue).orElse(otherwise);
    }

    /** A text. */
    String text(String name) {
        return optionalText(name).orElseThrow(() -> missing(name));
    }

    /** A text, if there is one. */
    Optional<String> optionalText(String name) {
        Optional<JsonNode> value = read(name);
        if (value.isPresent() && !value.get().isTextual()) {
            throw refused(name, "this engine needs a text");
        }
        return value.map(JsonNode::textValue);
    }

    /** A list of so many values. */
    List<JsonNode> list(String name, int length) {
        JsonNode value = read(name).orElseThrow(() -> missing(name));
        if (!value.isArray() || value.size() != length) {
            throw Unusable.file(
                    file,
                    "needs a list of " + length + " values for " + prefix + name + ", one for each layer, and has "
                            + (value.isArray() ? value.size() : "none"));
        }
        List<JsonNode> values = new ArrayList<>();
        value.forEach(values::add);
        return values;
    }

    /** The fields of an object, if there is one. */
    Optional<ConfigFields> object(String name) {
        Optional<JsonNode> value = read(name);
        if (value.isPresent() && !value.get().isObject()) {
            throw refused(name, "this engine needs an object");
        }
        return value.map(inner -> new ConfigFields(file, prefix + name + ".", inner));
    }

    /** The objects that are the values of all fields. */
    List<ConfigFields> objects() {
        List<ConfigFields> objects = new ArrayList<>();
        object.properties().forEach(field -> object(field.getKey()).ifPresent(objects::add));
        return objects;
    }

    /** Refuses any value but this, which is also what no value means. */
    void require(String name, Object only) {
        read(name).ifPresent(value -> {
            if (!value.asText().equals(only.toString())
                    && !(only instanceof Number number
                            && value.isNumber()
                            && value.doubleValue() == number.doubleValue())) {
                throw refused(name, "this engine computes only " + only);
            }
        });
    }

    /** Refuses any value. */
    void requireNone(String name) {
        if (read(name).isPresent()) {
            throw refused(name, "this engine does not compute that");
        }
    }

    /** Refuses any value that says something. */
    void requireEmpty(String name) {
        if (read(name)
                .filter(value -> !value.isContainerNode() || !value.isEmpty())
                .isPresent()) {
            throw refused(name, "this engine does not compute that");
        }
    }

    /** Passes over fields that change nothing in what is computed. */
    void ignore(Collection<String> names) {
        known.addAll(names);
    }

    /** Refuses the fields that were neither read nor ignored. */
    void refuseUnknown() {
        for (var field : object.properties()) {
            if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
                throw refused(field.getKey(), "this engine does not know that field");
            }
        }
    }

    /** The refusal of a field's value. */
    EngineException refused(String name, String why) {
        String value = object.path(name).toString();
        return Unusable.file(
                file,
                "says " + prefix + name + " = " + (value.length() > 60 ? value.substring(0, 59) + "…" : value) + "; "
                        + why);
    }

    private EngineException missing(String name) {
        return Unusable.file(file, "lacks the field " + prefix + name);
    }

    private Optional<JsonNode> read(String name) {
        known.add(name);
        JsonNode value = object.path(name);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
    }
}
