package io.lectern.engine.remote;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.RemoteOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A scripted server, and what is heard of its answers. */
abstract class ServerTestBase {
    static final String COMPLETIONS = "/v1/chat/completions";
    static final RemoteOptions OPTIONS = RemoteOptions.standard();

    ScriptedServer server;
    final List<GenerationEvent> heard = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = ScriptedServer.start().serving("tiny", 1000).countingWords();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    GenerationEvent.Finished generate(RemoteOptions options, GenerationRequest request) {
        try (Engine engine = Engines.connect(server.base(), options);
                Context context = asked(engine)) {
            return context.generate(request, heard::add, new Cancellation());
        }
    }

    static Context asked(Engine engine) {
        Context context = engine.newContext();
        context.append(Message.user("Who pays the rent?"));
        return context;
    }

    String text() {
        return heard.stream()
                .filter(GenerationEvent.Text.class::isInstance)
                .map(event -> ((GenerationEvent.Text) event).text())
                .collect(Collectors.joining());
    }

    String thoughts() {
        return heard.stream()
                .filter(GenerationEvent.Thought.class::isInstance)
                .map(event -> ((GenerationEvent.Thought) event).text())
                .collect(Collectors.joining());
    }

    EngineException refusal(RemoteOptions options) {
        return catchThrowableOfType(EngineException.class, () -> generate(options, GenerationRequest.greedy(20)));
    }
}
