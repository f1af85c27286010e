package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server on the loopback address that speaks as much of the OpenAI interface as a test scripts. Everything that it is asked
 * is kept. What is not scripted is not there (404).
 */
public final class ScriptedServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the server does with one request. */
    @FunctionalInterface
    public interface Reply {
        void send(HttpExchange exchange) throws IOException;
    }

    /** A request that came. */
    public record Asked(String path, String authorization, String body) {
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }
    }

    private final HttpServer server;
    private final String scheme;
    private final Map<String, Deque<Reply>> script = new ConcurrentHashMap<>();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

    /** A server over HTTP. */
    public static ScriptedServer start() throws IOException {
        return new ScriptedServer(
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
    }

    /** @param server not started yet */
    ScriptedServer(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    /** Its address, without "/v1". */
    public URI root() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The address of its interface. */
    public URI base() {
        return URI.create(root() + "/v1");
    }

    /** Replies to the requests for a path, one after another; the last is given again and again. */
    public ScriptedServer on(String path, Reply... replies) {
        script.put(path, new ArrayDeque<>(List.of(replies)));
        return this;
    }

    /** Serves one model with this window, as vLLM tells it. */
    public ScriptedServer serving(String model, int window) {
        return on("/v1/models", json("""
                {"object":"list","data":[{"id":"%s","object":"model","owned_by":"vllm","max_model_len":%d}]}""".formatted(model, window)));
    }

    /** Counts every word as a token. */
    public ScriptedServer countingWords() {
        return on("/tokenize", exchange -> {
            String text = asked().getLast().json().path("prompt").asText();
            String tokens =
                    Stream.of(text.strip().split("\\s+")).map(word -> "7").collect(Collectors.joining(","));
            json("{\"tokens\":[" + tokens + "]}").send(exchange);
        });
    }

    /** What it was asked, in order. */
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** What it was asked at a path, in order. */
    public List<Asked> asked(String path) {
        return asked().stream().filter(request -> request.path().equals(path)).toList();
    }

    /** The completions that it was asked for, in order. */
    public List<JsonNode> completions() {
        return asked("/v1/chat/completions").stream().map(Asked::json).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(new Asked(
                path,
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        Deque<Reply> replies = script.get(path);
        Reply reply = status(404, "{\"error\":{\"message\":\"Not Found\"}}");
        if (replies != null) {
            synchronized (replies) {
                reply = replies.size() > 1 ? replies.remove() : replies.peek();
            }
        }
        reply.send(exchange); // if it throws, the connection is broken off
        exchange.close();
    }

    /** 200 with this JSON. */
    public static Reply json(String body) {
        return status(200, body);
    }

    /** A status with a body, and headers as name, value, name, value. */
    public static Reply status(int status, String body, String... headers) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** A stream of events with this data each, and its end. */
    public static Reply events(String... data) {
        return exchange -> {
            OutputStream out = begin(exchange);
            for (String each : data) {
                write(out, each);
            }
            write(out, "[DONE]");
            out.close();
        };
    }

    /** A stream that breaks off behind these events, as when the server dies. */
    public static Reply brokenOff(String... data) {
        return exchange -> {
            OutputStream out = begin(exchange);
            for (String each : data) {
                write(out, each);
            }
            throw new IOException("the server dies");
        };
    }

    /** A stream that goes silent behind these events. */
    public static Reply silent(String... data) {
        return exchange -> {
            OutputStream out = begin(exchange);
            for (String each : data) {
                write(out, each);
            }
            untilGivenUp(out);
        };
    }

    /** Waits until the client closes the connection, which a comment now and then finds out. */
    private static void untilGivenUp(OutputStream out) {
        try {
            for (int i = 0; i < 600; i++) {
                Thread.sleep(50);
                out.flush();
            }
        } catch (IOException e) {
            // given up, as was to be
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The head of a stream. */
    static OutputStream begin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    /** One event. */
    static void write(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** The data of an event that adds to a field of the answer. */
    public static String delta(String field, String text) {
        return JSON.createObjectNode()
                .set(
                        "choices",
                        JSON.createArrayNode()
                                .add(JSON.createObjectNode()
                                        .set("delta", JSON.createObjectNode().put(field, text))))
                .toString();
    }

    /** The data of the event that ends an answer. */
    public static String finish(String reason) {
        return "{\"choices\":[{\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
    }

    /** The data of the event that counts. */
    public static String usage(int prompt, int completion) {
        return "{\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}"
                .formatted(prompt, completion);
    }

    /** An answer in one piece. */
    public static Reply answer(String text) {
        return events(delta("content", text), finish("stop"));
    }

    /** The likelihoods of first tokens, as token and logarithm in turn. */
    public static Reply likelihoods(Object... tokensAndLogarithms) {
        var top = JSON.createArrayNode();
        for (int i = 0; i < tokensAndLogarithms.length; i += 2) {
            top.addObject().put("token", (String) tokensAndLogarithms[i]).put("logprob", (Double)
                    tokensAndLogarithms[i + 1]);
        }
        var choice = JSON.createObjectNode();
        choice.putObject("delta").put("content", (String) tokensAndLogarithms[0]);
        choice.putObject("logprobs").putArray("content").addObject().set("top_logprobs", top);
        var event = JSON.createObjectNode();
        event.putArray("choices").add(choice);
        return events(event.toString(), finish("length"));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
