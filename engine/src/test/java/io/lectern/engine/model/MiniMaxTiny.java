package io.lectern.engine.model;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The small hybrid model among the test resources; see the README there. */
public final class MiniMaxTiny {
    private MiniMaxTiny() {}

    /** Its folder, in the layout of transformers. */
    public static Path folder() {
        return resource("config.json").getParent();
    }

    /** What transformers computed with it. */
    public static Path golden() {
        return resource("golden.safetensors");
    }

    private static Path resource(String name) {
        try {
            return Path.of(MiniMaxTiny.class
                    .getResource("/io/lectern/engine/minimax-tiny/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
