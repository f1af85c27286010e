package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Tokenizer;
import java.util.Optional;

/** The tokenizer of a served model, asked by {@code /tokenize}: llama.cpp, vLLM and SGLang have it beside the interface. */
final class ServerTokenizer implements Tokenizer {
    private final ServerConnection server;
    private final ServerAddress address;
    private final String model;

    private ServerTokenizer(ServerConnection server, ServerAddress address, String model) {
        this.server = server;
        this.address = address;
        this.model = model;
    }

    /** The tokenizer, if the server can be asked. */
    static Optional<Tokenizer> of(ServerConnection server, ServerAddress address, String model) {
        ServerTokenizer tokenizer = new ServerTokenizer(server, address, model);
        return tokenizer.ask("tokens").map(answer -> tokenizer);
    }

    @Override
    public int[] encode(String text) {
        JsonNode tokens = ask(text).orElseThrow(() -> unable()).path("tokens");
        int[] encoded = new int[tokens.size()];
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = tokens.get(i).asInt();
        }
        return encoded;
    }

    @Override
    public String decode(int[] tokens) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        ArrayNode array = body.putArray("tokens");
        for (int token : tokens) {
            array.add(token);
        }
        JsonNode answer = server.post(address.beside("/detokenize"), body).orElseThrow(() -> unable());
        // llama.cpp calls the text "content", vLLM "prompt".
        return answer.path("content").asText(answer.path("prompt").asText());
    }

    /** Each server takes the fields that it knows: llama.cpp reads "content", the others "prompt". */
    private Optional<JsonNode> ask(String text) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("model", model)
                .put("content", text)
                .put("prompt", text)
                .put("add_special", false)
                .put("parse_special", false)
                .put("add_special_tokens", false);
        return server.post(address.beside("/tokenize"), body)
                .filter(answer -> answer.path("tokens").isArray()
                                && !answer.path("tokens").isEmpty()
                        || text.isEmpty());
    }

    private EngineException unable() {
        return new EngineException(
                Reason.SERVER,
                "The server at " + address.shown() + " does not count tokens any more. Is it still the same server?");
    }
}
