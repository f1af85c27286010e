package io.lectern.engine.snapshot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What must be the same for a snapshot to be used: everything on which the remembered numbers depend beside the tokens. What
 * changes only their rounding (threads, sizes of chunks, the processor) is not part of it.
 *
 * @param parts value of each part by its name, which is for people, such as "the model's weights"
 */
public record ModelIdentity(Map<String, String> parts) {
    public ModelIdentity {
        parts = new TreeMap<>(parts);
    }

    /** The SHA-256 of it. */
    byte[] hash() {
        StringBuilder text = new StringBuilder();
        parts.forEach((name, value) -> text.append(name.length())
                .append(':')
                .append(name)
                .append(value.length())
                .append(':')
                .append(value));
        return Sha256.of(text.toString());
    }

    /** The names of the parts in which another differs. */
    List<String> differences(ModelIdentity other) {
        Map<String, String> all = new LinkedHashMap<>(parts);
        other.parts.forEach(all::putIfAbsent);
        List<String> names = new ArrayList<>(all.keySet());
        names.removeIf(name -> parts.containsKey(name) && parts.get(name).equals(other.parts.get(name)));
        return names;
    }
}
