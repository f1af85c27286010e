package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Message;
import io.lectern.engine.Sampling;
import io.lectern.engine.generate.ThinkingMarkers;
import java.net.URI;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Chat completions. Servers know more than the plain interface, each something else: progress while a prompt is read,
 * switches and budgets for thinking, more ways of sampling. All of it is asked for, as most servers pass over what they do
 * not know; one that refuses such a request is asked plainly, and so from then on.
 */
final class Completions {
    private final ServerConnection server;
    private final URI uri;
    private final String model;
    private volatile boolean plain;

    Completions(ServerConnection server, ServerAddress address, String model) {
        this.server = server;
        this.uri = address.of("/chat/completions");
        this.model = model;
    }

    /**
     * What is asked.
     *
     * @param messages the conversation
     * @param continues whether the last message, the model's own, is to be gone on with
     * @param maxTokens most tokens to write, thinking included
     * @param sampling how tokens are chosen
     * @param thinkingTokens most tokens of thinking; 0 for none
     * @param topTokens first tokens whose likelihoods are wanted; 0 for none
     */
    record Question(
            List<Message> messages,
            boolean continues,
            int maxTokens,
            Sampling sampling,
            int thinkingTokens,
            int topTokens) {}

    /**
     * Asks.
     *
     * @throws RefusedRequest if the server would not take it in either form
     * @see ServerConnection#stream
     */
    boolean stream(
            Question question,
            ServerConnection.EventListener listener,
            BooleanSupplier isEnough,
            Cancellation cancellation) {
        if (!plain) {
            try {
                return server.stream(uri, extended(question), listener, isEnough, cancellation);
            } catch (RefusedRequest e) {
                if (question.continues()) {
                    throw e; // without the extensions the server would answer to the model's own words
                }
            }
        }
        if (question.continues()) {
            throw new RefusedRequest(ServerFailures.cannotGoOn(uri));
        }
        boolean complete = server.stream(uri, body(question), listener, isEnough, cancellation);
        plain = true;
        return complete;
    }

    private ObjectNode body(Question question) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        ArrayNode messages = body.putArray("messages");
        for (Message message : question.messages()) {
            messages.addObject().put("role", message.role().wireName()).put("content", message.content());
        }
        Sampling sampling = question.sampling();
        body.put("stream", true).put("max_tokens", question.maxTokens()).put("temperature", sampling.temperature());
        if (sampling.temperature() > 0) {
            body.put("top_p", sampling.topP()).put("seed", sampling.seed());
        }
        if (question.topTokens() > 0) {
            body.put("logprobs", true).put("top_logprobs", question.topTokens());
        }
        return body;
    }

    private ObjectNode extended(Question question) {
        ObjectNode body = body(question);
        body.putObject("stream_options").put("include_usage", true);
        body.put("return_progress", true);
        boolean thinks = question.thinkingTokens() > 0;
        ObjectNode template = body.putObject("chat_template_kwargs");
        ThinkingMarkers.switches(thinks).forEach(template::putPOJO);
        if (thinks) {
            // llama.cpp and vLLM
            body.put("thinking_budget_tokens", question.thinkingTokens());
            body.put("thinking_token_budget", question.thinkingTokens());
        }
        if (question.continues()) {
            body.put("continue_final_message", true).put("add_generation_prompt", false);
        }
        Sampling sampling = question.sampling();
        if (sampling.temperature() > 0) {
            body.put("top_k", sampling.topK()).put("min_p", sampling.minP());
        }
        if (sampling.repetitionPenalty() != 1) {
            // vLLM and SGLang; llama.cpp
            body.put("repetition_penalty", sampling.repetitionPenalty())
                    .put("repeat_penalty", sampling.repetitionPenalty());
        }
        return body;
    }
}
