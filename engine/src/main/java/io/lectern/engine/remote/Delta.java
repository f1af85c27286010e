package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What an event of an answer adds to it.
 *
 * @param reasoning of the thinking, where the server tells it apart; empty if nothing
 * @param content of what the model writes; empty if nothing
 * @param finishReason why the answer is complete; empty if it goes on
 */
record Delta(String reasoning, String content, String finishReason) {

    /** What an event adds. A server that does not stream gives a whole message in one event. */
    static Delta of(JsonNode event) {
        JsonNode choice = event.path("choices").path(0);
        JsonNode delta = choice.path(choice.has("delta") ? "delta" : "message");
        String reasoning = text(delta, "reasoning_content");
        return new Delta(
                reasoning.isEmpty() ? text(delta, "reasoning") : reasoning,
                text(delta, "content"),
                choice.path("finish_reason").isTextual()
                        ? choice.get("finish_reason").asText()
                        : "");
    }

    private static String text(JsonNode delta, String field) {
        return delta.path(field).isTextual() ? delta.get(field).asText() : "";
    }
}
