package io.lectern.engine.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.RemoteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to one server. What may be sent again (nobody answers, the line broke before anything was answered, too busy,
 * restarting) is sent again after growing pauses. Redirects are not followed: text goes only where the user said. Calling
 * off closes the connection, which is how such servers learn that nobody waits any more.
 */
final class ServerConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    /** How often a waiting thread looks whether it is still to wait. */
    private static final long TICK_MILLIS = 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SHORT_ANSWER = Duration.ofMinutes(2);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final int MOST_ERROR_BYTES = 64 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerAddress address;
    private final RemoteOptions options;
    private final HttpClient client;
    private volatile boolean hasAnswered;

    ServerConnection(ServerAddress address, RemoteOptions options) {
        this.address = address;
        this.options = options;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        options.certificates().map(TrustedCertificates::context).ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    /** Hears the events of a streamed answer. */
    @FunctionalInterface
    interface EventListener {
        /** @return whether to go on; otherwise the connection is closed */
        boolean heard(JsonNode event);
    }

    /** What is at an address; empty if the server has nothing there. */
    Optional<JsonNode> get(URI uri) {
        return shortAnswer(request(uri).GET().build());
    }

    /** The answer to an object; empty if the server has nothing there. */
    Optional<JsonNode> post(URI uri, ObjectNode body) {
        return shortAnswer(posting(uri, body));
    }

    /**
     * Sends an object and listens to the answer as it is made, until it ends, the listener has heard enough or nobody waits
     * any more.
     *
     * @param isEnough looked at all the time; once true, the connection is closed and the call returns
     * @return whether the server said that its answer was complete
     * @throws EngineException with SERVER or DOES_NOT_FIT
     * @throws RefusedRequest if the server does not take the request as it is
     * @throws CancellationException if called off; the connection is closed then
     */
    boolean stream(
            URI uri, ObjectNode body, EventListener listener, BooleanSupplier isEnough, Cancellation cancellation) {
        HttpRequest request = posting(uri, body);
        HttpResponse<InputStream> response = retrying(
                () -> {
                    HttpResponse<InputStream> answered = await(
                            client.sendAsync(request, BodyHandlers.ofInputStream()),
                            options.firstToken(),
                            cancellation);
                    return answered.statusCode() == 200 ? answered : refused(answered, body);
                },
                cancellation);
        try (EventStream events = new EventStream(response.body())) {
            return listen(events, listener, isEnough, cancellation);
        }
    }

    private boolean listen(
            EventStream events, EventListener listener, BooleanSupplier isEnough, Cancellation cancellation) {
        Duration patience = options.firstToken();
        long heardAt = System.nanoTime();
        while (true) {
            cancellation.throwIfCancelled();
            if (isEnough.getAsBoolean()) {
                return false;
            }
            EventStream.Item item = events.poll(TICK_MILLIS);
            if (item == null) {
                if (System.nanoTime() - heardAt > patience.toNanos()) {
                    throw silent(patience);
                }
                continue;
            }
            heardAt = System.nanoTime();
            switch (item) {
                case EventStream.Item.Sign _ -> {
                    // it lives
                }
                case EventStream.Item.Event event -> {
                    JsonNode parsed = parse(event.data());
                    if (parsed.hasNonNull("error")) {
                        throw ServerFailures.inStream(address, parsed.get("error"));
                    }
                    if (!parsed.has("prompt_progress")) {
                        patience = options.stall();
                    }
                    if (!listener.heard(parsed)) {
                        return false;
                    }
                }
                case EventStream.Item.Done _ -> {
                    return true;
                }
                case EventStream.Item.Broken broken -> throw ServerFailures.brokenOff(address, broken.cause());
            }
        }
    }

    private JsonNode parse(String data) {
        try {
            JsonNode parsed = JSON.readTree(data);
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (JsonProcessingException e) {
            LOG.debug("an event is not JSON", (Throwable) null);
        }
        throw ServerFailures.malformed(address);
    }

    private Optional<JsonNode> shortAnswer(HttpRequest request) {
        HttpResponse<String> response = retrying(
                () -> {
                    HttpResponse<String> answered = await(
                            client.sendAsync(request, BodyHandlers.ofString(StandardCharsets.UTF_8)),
                            SHORT_ANSWER,
                            new Cancellation());
                    if (ServerFailures.mayPass(answered.statusCode())) {
                        throw new Again(
                                ServerFailures.ofStatus(address, answered.statusCode(), answered.body(), ""),
                                retryAfter(answered));
                    }
                    return answered;
                },
                new Cancellation());
        return switch (response.statusCode()) {
            case 200 -> Optional.of(parseAnswer(response.body()));
            case 400, 404, 405, 422, 501 -> Optional.empty();
            default -> throw ServerFailures.ofStatus(address, response.statusCode(), response.body(), "");
        };
    }

    private JsonNode parseAnswer(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw ServerFailures.malformed(address);
        }
    }

    private HttpRequest posting(URI uri, ObjectNode body) {
        return request(uri)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(bytes(body)))
                .build();
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes can be written", e);
        }
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (!options.key().isEmpty()) {
            request.header("Authorization", "Bearer " + options.key());
        }
        return request;
    }

    /** What went wrong may have passed by the next time. */
    private static final class Again extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Duration after;

        Again(EngineException failure, Duration after) {
            super(failure);
            this.after = after;
        }
    }

    /** One try of a request. */
    @FunctionalInterface
    private interface Try<T> {
        T make() throws IOException;
    }

    private <T> T retrying(Try<T> once, Cancellation cancellation) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            EngineException failure;
            Duration wait = pause;
            try {
                return once.make();
            } catch (Again again) {
                failure = (EngineException) again.getCause();
                wait = again.after.compareTo(pause) > 0 ? again.after : pause;
            } catch (IOException e) {
                failure = ServerFailures.ofConnection(address, e);
                // One that never answered is rather not there than starting anew.
                boolean isNotThere = e instanceof ConnectException && !hasAnswered;
                if (isNotThere || ServerFailures.isForGood(e)) {
                    throw failure;
                }
            }
            if (attempt == options.attempts()) {
                throw failure;
            }
            LOG.info(
                    "request {} of {} failed ({}); again in {} ms",
                    attempt,
                    options.attempts(),
                    failure.reason(),
                    wait.toMillis());
            sleep(wait, cancellation);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    /** With a little chance in it, so that many who wait do not come back together. */
    private static void sleep(Duration pause, Cancellation cancellation) {
        long until = System.nanoTime()
                + (long) (pause.toNanos() * (1 + ThreadLocalRandom.current().nextDouble() / 4));
        while (System.nanoTime() < until) {
            cancellation.throwIfCancelled();
            try {
                Thread.sleep(TICK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    /** Waits for the head of an answer; gives the connection up if nobody waits any more. */
    private <T> T await(CompletableFuture<T> sent, Duration patience, Cancellation cancellation) throws IOException {
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                T answered = sent.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                hasAnswered = true;
                return answered;
            } catch (TimeoutException e) {
                if (cancellation.isCancelled()) {
                    sent.cancel(true);
                    throw new CancellationException("cancelled");
                }
                if (System.nanoTime() > until) {
                    sent.cancel(true);
                    throw silent(patience);
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException io) {
                    throw io;
                }
                throw new EngineException(
                        Reason.SERVER, "The request to " + address.shown() + " could not be sent.", e.getCause());
            } catch (InterruptedException e) {
                sent.cancel(true);
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    private EngineException silent(Duration patience) {
        return ServerFailures.silent(address, patience);
    }

    private <T> T refused(HttpResponse<InputStream> response, ObjectNode sent) throws IOException {
        String body;
        try (InputStream in = response.body()) {
            body = new String(in.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
        }
        EngineException failure = ServerFailures.ofStatus(
                address, response.statusCode(), body, sent.path("messages").toString());
        if (ServerFailures.mayPass(response.statusCode())) {
            throw new Again(failure, retryAfter(response));
        }
        boolean mayTakeAnother = response.statusCode() == 400 || response.statusCode() == 422;
        throw mayTakeAnother && failure.reason() == Reason.SERVER ? new RefusedRequest(failure) : failure;
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Math.min(LONGEST_PAUSE.toSeconds(), Long.parseLong(seconds))))
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
