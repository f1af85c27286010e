package io.lectern.engine.model;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a tensor belongs to, by its canonical name. */
public enum TensorPart {
    EXPERTS("experts"),
    FEED_FORWARD("feed-forward"),
    ATTENTION("attention"),
    EMBEDDINGS_AND_HEAD("embeddings and head"),
    ROUTERS_AND_NORMS("routers and norms");

    private static final Pattern OF_LAYER = Pattern.compile("blk\\.(\\d+)\\.(.+)");
    private static final Pattern OF_EXPERT = Pattern.compile("ffn_(gate|up|down)\\.\\d+\\.weight");
    private static final Set<String> SMALL = Set.of(
            TensorNames.MIXER_NORM,
            TensorNames.LIGHTNING_NORM,
            TensorNames.FEED_FORWARD_NORM,
            TensorNames.ROUTER,
            TensorNames.SHARED_COEFFICIENT);

    private final String words;

    TensorPart(String words) {
        this.words = words;
    }

    /** The part for people. */
    public String words() {
        return words;
    }

    /** The part to which a tensor belongs. */
    public static TensorPart of(String canonical) {
        Matcher ofLayer = OF_LAYER.matcher(canonical);
        if (!ofLayer.matches()) {
            return canonical.equals(TensorNames.OUTPUT_NORM) ? ROUTERS_AND_NORMS : EMBEDDINGS_AND_HEAD;
        }
        String tensor = ofLayer.group(2);
        if (SMALL.contains(tensor)) {
            return ROUTERS_AND_NORMS;
        }
        if (OF_EXPERT.matcher(tensor).matches()) {
            return EXPERTS;
        }
        return tensor.startsWith("ffn") ? FEED_FORWARD : ATTENTION;
    }

    /** The number of the layer to which a tensor of a layer belongs. */
    public static int layerOf(String canonical) {
        Matcher ofLayer = OF_LAYER.matcher(canonical);
        if (!ofLayer.matches()) {
            throw new IllegalArgumentException(canonical + " belongs to no layer");
        }
        return Integer.parseInt(ofLayer.group(1));
    }
}
