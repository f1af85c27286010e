package io.lectern.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to use a server.
 *
 * @param key bearer key; empty for none. It is sent to the server and never written anywhere
 * @param model name of the model; empty for the first that the server offers
 * @param contextWindow most tokens that a context may hold; 0 for what the server says
 * @param tokenizer counts tokens where the server has no way to ask for that; without it they are estimated
 * @param certificates a PEM file of certificates to trust besides those that Java trusts
 * @param firstToken longest wait for the beginning of an answer, while a long prompt is read without a word from the server
 * @param stall longest silence after that
 * @param attempts most times that a request is sent which the server could not take at the moment, at least 1
 */
public record RemoteOptions(
        String key,
        String model,
        int contextWindow,
        Optional<Tokenizer> tokenizer,
        Optional<Path> certificates,
        Duration firstToken,
        Duration stall,
        int attempts) {
    public RemoteOptions {
        if (contextWindow < 0) {
            throw new IllegalArgumentException("contextWindow cannot be " + contextWindow);
        }
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, not " + attempts);
        }
    }

    /** No key, the server's first model and window, half an hour for the first token, two minutes of silence after it. */
    public static RemoteOptions standard() {
        return new RemoteOptions(
                "", "", 0, Optional.empty(), Optional.empty(), Duration.ofMinutes(30), Duration.ofMinutes(2), 5);
    }

    /** The same with this bearer key. */
    public RemoteOptions withKey(String bearer) {
        return new RemoteOptions(bearer, model, contextWindow, tokenizer, certificates, firstToken, stall, attempts);
    }

    /** The same with this model. */
    public RemoteOptions withModel(String name) {
        return new RemoteOptions(key, name, contextWindow, tokenizer, certificates, firstToken, stall, attempts);
    }

    /** The same with contexts of at most so many tokens; 0 for what the server says. */
    public RemoteOptions withContextWindow(int tokens) {
        return new RemoteOptions(key, model, tokens, tokenizer, certificates, firstToken, stall, attempts);
    }

    /** The same with tokens counted so where the server cannot count them. */
    public RemoteOptions withTokenizer(Tokenizer counter) {
        return new RemoteOptions(
                key, model, contextWindow, Optional.of(counter), certificates, firstToken, stall, attempts);
    }

    /** The same with these certificates trusted. */
    public RemoteOptions withCertificates(Path pem) {
        return new RemoteOptions(key, model, contextWindow, tokenizer, Optional.of(pem), firstToken, stall, attempts);
    }

    /** The same with these waits. */
    public RemoteOptions withPatience(Duration untilFirstToken, Duration silence) {
        return new RemoteOptions(
                key, model, contextWindow, tokenizer, certificates, untilFirstToken, silence, attempts);
    }

    /** The same with so many tries. */
    public RemoteOptions withAttempts(int number) {
        return new RemoteOptions(key, model, contextWindow, tokenizer, certificates, firstToken, stall, number);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "RemoteOptions[model=%s, contextWindow=%d, key=%s]"
                .formatted(model, contextWindow, key.isEmpty() ? "none" : "given");
    }
}
