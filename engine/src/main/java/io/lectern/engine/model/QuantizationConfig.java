package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/**
 * The field {@code quantization_config} of a {@code config.json}, which says how weights became codes. Known is the way of
 * the package compressed-tensors with whole numbers around 0; what else there is would be computed wrongly and is refused.
 */
final class QuantizationConfig {
    /** Fields of the outermost object that change nothing in what the stored numbers mean. */
    private static final List<String> IGNORED = List.of(
            "global_compression_ratio",
            "ignore", // the stored tensors themselves show which are codes
            "quantization_status",
            "version");

    /** Fields of a group of layers that change nothing in what the stored numbers mean. */
    private static final List<String> IGNORED_OF_GROUP = List.of(
            "format",
            "targets", // as above
            "input_activations", // rounding between layers saves time elsewhere; here they are exact
            "output_activations");

    private static final List<String> IGNORED_OF_WEIGHTS = List.of(
            "group_size", // the shape of the scales shows it
            "strategy",
            "observer",
            "observer_kwargs",
            "scale_dtype",
            "zp_dtype");

    private QuantizationConfig() {}

    /**
     * Refuses what this engine does not read.
     *
     * @param root the object of {@code config.json}
     * @return whether some matrices are stored as codes
     */
    static boolean check(JsonNode root, Path file) {
        JsonNode object = root.path("quantization_config");
        if (object.isMissingNode() || object.isNull()) {
            return false;
        }
        ConfigFields outermost = new ConfigFields(file, "quantization_config.", object);
        if (!outermost.text("quant_method").equals("compressed-tensors")) {
            throw outermost.refused("quant_method", "this engine reads compressed-tensors");
        }
        String format = outermost.text("format");
        if (!List.of("pack-quantized", "int-quantized", "naive-quantized").contains(format)) {
            throw outermost.refused("format", "this engine reads pack-quantized, int-quantized and naive-quantized");
        }
        outermost.requireNone("kv_cache_scheme");
        outermost.requireNone("moe_sparsity_config");
        outermost.requireEmpty("sparsity_config");
        outermost.requireEmpty("transform_config");
        outermost.object("config_groups").ifPresent(groups -> groups.objects().forEach(QuantizationConfig::checkGroup));
        outermost.ignore(IGNORED);
        outermost.refuseUnknown();
        return true;
    }

    private static void checkGroup(ConfigFields group) {
        group.object("weights").ifPresent(weights -> {
            int bits = weights.size("num_bits", 8);
            if (bits != 4 && bits != 8) {
                throw weights.refused("num_bits", "this engine reads 4 and 8");
            }
            weights.require("type", "int");
            weights.require("symmetric", true);
            weights.require("dynamic", false);
            weights.requireNone("block_structure");
            weights.optionalText("actorder").ifPresent(order -> {
                if (order.equals("group") || order.equals("dynamic")) {
                    throw weights.refused("actorder", "this engine reads columns in their own order only");
                }
            });
            weights.ignore(IGNORED_OF_WEIGHTS);
            weights.refuseUnknown();
        });
        group.ignore(IGNORED_OF_GROUP);
        group.refuseUnknown();
    }

    /** The description of a folder whose matrices are stored in this format. */
    static ObjectNode describing(CodeFormat format) {
        ObjectNode outermost = JsonNodeFactory.instance.objectNode();
        outermost
                .put("quant_method", "compressed-tensors")
                .put("format", "pack-quantized")
                .put("quantization_status", "compressed")
                .putNull("global_compression_ratio")
                .putNull("kv_cache_scheme");
        outermost
                .putArray("ignore")
                .add("lm_head")
                .add("re:.*block_sparse_moe\\.gate$")
                .add("re:.*coefficient$");
        ObjectNode group = outermost.putObject("config_groups").putObject("group_0");
        group.putArray("targets").add("Linear");
        group.putNull("input_activations").putNull("output_activations").put("format", "pack-quantized");
        ObjectNode weights = group.putObject("weights");
        weights.put("num_bits", format.bits())
                .put("type", "int")
                .put("symmetric", true)
                .put("dynamic", false)
                .put("strategy", format.group() == 0 ? "channel" : "group")
                .putNull("block_structure")
                .putNull("actorder");
        if (format.group() == 0) {
            weights.putNull("group_size");
        } else {
            weights.put("group_size", format.group());
        }
        return outermost;
    }
}
