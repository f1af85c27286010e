package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.RemoteOptions;
import io.lectern.engine.generate.ThinkingMarkers;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The model that a server serves, as far as the server tells.
 *
 * @param id by which it is asked for
 * @param contextWindow tokens that a context can hold
 * @param quantization such as "Q4_K_M"; empty if unknown
 * @param parameters number of weights; 0 if unknown
 * @param markers between which it thinks
 */
record ServedModel(String id, int contextWindow, String quantization, long parameters, ThinkingMarkers markers) {
    /** Where servers say how many tokens a context can hold: vLLM and SGLang, llama.cpp, and others. */
    private static final List<String> WINDOW_FIELDS =
            List.of("max_model_len", "context_length", "context_window", "max_context_length");

    private static final int MOST_NAMES = 5;

    /**
     * Asks a server.
     *
     * @throws EngineException with SERVER if it serves no model, or does not say how large the window is and nobody else does
     */
    static ServedModel ask(ServerConnection server, ServerAddress address, RemoteOptions options) {
        URI list = address.of("/models");
        JsonNode listed = server.get(list)
                .map(answer -> answer.path("data"))
                .filter(JsonNode::isArray)
                .orElseThrow(() -> new EngineException(
                        Reason.SERVER,
                        "There is no list of models at " + list
                                + ". The address of an OpenAI-compatible server usually ends in /v1."));
        JsonNode model = choose(listed, address, options.model());
        String id = options.model().isEmpty() ? model.path("id").asText() : options.model();
        JsonNode props = server.get(address.beside("/props")).orElse(listed.path(-1));
        return new ServedModel(
                id,
                window(id, model, props, listed, address, options.contextWindow()),
                model.path("meta")
                        .path("ftype")
                        .asText(props.path("model_ftype").asText("")),
                model.path("meta").path("n_params").asLong(0),
                ThinkingMarkers.of(props.path("chat_template").asText(""), Stream::empty));
    }

    /** Its name for people: servers that were given a file tell its whole path. */
    String name() {
        String last = id.startsWith("/") || id.matches("[A-Za-z]:[/\\\\].*") ? id.replaceFirst("^.*[/\\\\]", "") : id;
        return last.replaceFirst("\\.gguf$", "");
    }

    private static JsonNode choose(JsonNode listed, ServerAddress address, String wanted) {
        if (wanted.isEmpty()) {
            if (listed.isEmpty() || listed.get(0).path("id").asText().isEmpty()) {
                throw new EngineException(Reason.SERVER, "The server at " + address.shown() + " serves no model.");
            }
            return listed.get(0);
        }
        return elements(listed)
                .filter(model -> model.path("id").asText().equals(wanted)
                        || elements(model.path("aliases"))
                                .anyMatch(alias -> alias.asText().equals(wanted)))
                .findFirst()
                .orElse(listed.path(-1));
    }

    private static int window(
            String id, JsonNode model, JsonNode props, JsonNode listed, ServerAddress address, int wanted) {
        List<Integer> said = new ArrayList<>();
        WINDOW_FIELDS.forEach(field -> said.add(model.path(field).asInt(0)));
        said.add(model.path("meta").path("n_ctx").asInt(0));
        said.add(props.path("default_generation_settings").path("n_ctx").asInt(0));
        said.add(wanted);
        // llama.cpp tells that of the server in one place and that of each of its slots in the other.
        Optional<Integer> smallest = said.stream().filter(tokens -> tokens > 0).min(Integer::compare);
        return smallest.orElseThrow(() -> new EngineException(
                Reason.SERVER,
                "The server at %s does not say how many tokens the model %s can hold. Say it with --server-window; the server offers %s."
                        .formatted(
                                address.shown(),
                                id,
                                listed.isEmpty()
                                        ? "no model"
                                        : elements(listed)
                                                .limit(MOST_NAMES)
                                                .map(each -> each.path("id").asText())
                                                .collect(Collectors.joining(", ")))));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return IntStream.range(0, array.size()).mapToObj(array::get);
    }
}
