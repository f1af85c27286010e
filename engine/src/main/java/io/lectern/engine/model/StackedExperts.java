package io.lectern.engine.model;

import io.lectern.engine.model.SafetensorsFile.Stored;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows the experts of a layer apart where they lie in one tensor, as transformers from version 5 on keeps them in memory and
 * writes them if it is told to ({@code save_original_format=False}): {@code mlp.experts.gate_up_proj} {experts, 2 ×
 * intermediate, hidden} holds for each expert first the gate's rows and then those of the other half, and {@code
 * mlp.experts.down_proj} {experts, hidden, intermediate} the way back.
 */
final class StackedExperts {
    private static final Pattern ROUTER = Pattern.compile("(model\\.layers\\.\\d+\\.)mlp\\.gate\\.weight");
    private static final Pattern STACKED =
            Pattern.compile("(model\\.layers\\.\\d+\\.)mlp\\.experts\\.(gate_up_proj|down_proj)");

    private StackedExperts() {}

    /** The same tensors under the names of the original layout. */
    static Map<String, Stored> apart(Map<String, Stored> stored) {
        Map<String, Stored> apart = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> {
            Matcher router = ROUTER.matcher(name);
            Matcher stacked = STACKED.matcher(name);
            if (router.matches()) {
                apart.put(router.group(1) + "block_sparse_moe.gate.weight", tensor);
            } else if (stacked.matches() && tensor.shape().size() == 3) {
                split(stacked.group(1) + "block_sparse_moe.experts.", stacked.group(2), tensor, apart);
            } else {
                apart.put(name, tensor);
            }
        });
        return apart;
    }

    private static void split(String prefix, String kind, Stored tensor, Map<String, Stored> apart) {
        List<String> parts = kind.equals("down_proj") ? List.of("w2") : List.of("w1", "w3");
        long experts = tensor.shape().get(0);
        long rows = tensor.shape().get(1);
        if (experts > MiniMaxConfig.MOST_EXPERTS || rows % parts.size() != 0) {
            throw Unusable.file(tensor.file(), "has the experts " + tensor.name() + " in the shape " + tensor.shape());
        }
        List<Long> shape = List.of(rows / parts.size(), tensor.shape().get(2));
        long bytes = tensor.data().byteSize() / experts / parts.size();
        long at = 0;
        for (int expert = 0; expert < experts; expert++) {
            for (String part : parts) {
                String name = prefix + expert + "." + part + ".weight";
                apart.put(
                        name,
                        new Stored(
                                name,
                                tensor.type(),
                                shape,
                                tensor.data().asSlice(at, bytes),
                                tensor.file(),
                                tensor.offset() + at));
                at += bytes;
            }
        }
    }
}
