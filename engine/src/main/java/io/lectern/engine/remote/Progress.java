package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.ReadingProgress;
import java.util.function.Consumer;

/** How far a server is with reading a prompt: llama.cpp tells it. */
final class Progress {
    private Progress() {}

    /** Tells a listener, if an event of the server says how far it is. */
    static void tell(JsonNode event, Consumer<? super GenerationEvent.Prefill> listener) {
        JsonNode progress = event.path("prompt_progress");
        int total = progress.path("total").asInt(0);
        if (total > 0) {
            int done = progress.path("processed").asInt(0);
            // What was there from an earlier prompt took no time.
            int read = done - progress.path("cache").asInt(0);
            double seconds = progress.path("time_ms").asDouble(0) / 1000;
            double speed = seconds > 0 ? read / seconds : 0;
            listener.accept(new GenerationEvent.Prefill(
                    done, total, speed, speed > 0 ? (total - done) / speed : 0, ReadingProgress.ofTokens(done, total)));
        }
    }
}
