package io.lectern.engine.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What can go wrong with a server, in words that a user can act on. */
final class ServerFailures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern TOO_LONG = Pattern.compile(
            "exceed_context_size|context_length_exceeded"
                    + "|context (?:size|length|window)|maximum context|max_model_len|longer than the model|too many tokens",
            Pattern.CASE_INSENSITIVE);

    /** Words of a server that are no longer than this are passed on … */
    private static final int MOST_WORDS = 240;

    /** … unless so many characters of them stand in what was sent to it. */
    private static final int LONGEST_QUOTE = 24;

    private ServerFailures() {}

    /** Whether another try may find it gone. */
    static boolean mayPass(int status) {
        return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
    }

    /** Whether another try makes no sense. */
    static boolean isForGood(IOException failure) {
        return failure instanceof SSLException || isUnknownHost(failure);
    }

    /**
     * A refusal.
     *
     * @param body what the server says of it
     * @param sent what was sent: none of it is passed on in a message
     */
    static EngineException ofStatus(ServerAddress address, int status, String body, String sent) {
        JsonNode error = error(body);
        String words = words(error, sent);
        if ((status == 400 || status == 413 || status == 422) && isTooLong(error)) {
            return tooLong(address, error);
        }
        String server = "The server at " + address.shown();
        return new EngineException(
                Reason.SERVER,
                switch (status) {
                    case 401, 403 ->
                        server + " refuses the key, or wants one (HTTP " + status
                                + "). Put it into the environment variable" + " LECTERN_API_KEY.";
                    case 404 ->
                        server + " has nothing there (HTTP 404)" + words
                                + ". The address of an OpenAI-compatible server usually ends in /v1; look whether the model's"
                                + " name is right, too.";
                    case 429 -> server + " has too much to do (HTTP 429)" + words + ". Try again later.";
                    case 301, 302, 303, 307, 308 ->
                        server + " sends on to another address (HTTP " + status
                                + "), which is not followed: text goes only where you say. Name the other address itself.";
                    default ->
                        server + (status >= 500 ? " failed" : " refuses the request") + " (HTTP " + status + ")" + words
                                + "." + (status >= 500 ? " Look into the server's log, or try again." : "");
                });
    }

    /** An error that a server reports in the middle of an answer. */
    static EngineException inStream(ServerAddress address, JsonNode error) {
        if (isTooLong(error)) {
            return tooLong(address, error);
        }
        String code = error.path("code").asText("");
        return new EngineException(
                Reason.SERVER,
                "The server at " + address.shown() + " failed in the middle of its answer"
                        + (code.isEmpty() ? "" : " (" + code.substring(0, Math.min(40, code.length())) + ")")
                        + ". Look into the server's log, or try again.");
    }

    /** The connection could not be made, or broke before there was an answer. */
    static EngineException ofConnection(ServerAddress address, IOException failure) {
        String where = address.shown();
        String message = switch (failure) {
            case SSLException _ ->
                "The connection to " + where + " cannot be made secure: its certificate is not trusted, or it does not"
                        + " speak TLS there. A certificate of your own is named with --server-certificate FILE.pem.";
            case ConnectException _
            when isUnknownHost(failure) ->
                "There is no machine called " + address.base().getHost() + ".";
            case ConnectException _ -> "No server answers at " + where + ". Is it running, and is the port right?";
            case HttpTimeoutException _ -> "No server answers at " + where + " in time.";
            default ->
                "The connection to " + where + " broke before there was an answer ("
                        + failure.getClass().getSimpleName() + ").";
        };
        return new EngineException(Reason.SERVER, message, failure);
    }

    /** The connection broke in the middle of an answer. */
    static EngineException brokenOff(ServerAddress address, IOException failure) {
        return new EngineException(
                Reason.SERVER,
                "The connection to " + address.shown()
                        + " broke in the middle of the answer. Is the server still running?",
                failure);
    }

    /** The server cannot go on with an answer of the model that was begun. */
    static EngineException cannotGoOn(URI uri) {
        return new EngineException(
                Reason.SERVER, "The server at " + uri + " cannot go on with an answer that the model has begun.");
    }

    /** The answer ended without its end. */
    static EngineException endedEarly(ServerAddress address) {
        return new EngineException(
                Reason.SERVER,
                "The server at " + address.shown() + " ended its answer before it was complete. Is it still running?");
    }

    /** Nothing was heard for too long. */
    static EngineException silent(ServerAddress address, Duration patience) {
        return new EngineException(
                Reason.SERVER,
                String.format(
                        Locale.ROOT,
                        "Nothing was heard from the server at %s for %s. It may be stuck or overloaded.",
                        address.shown(),
                        patience.toSeconds() < 120
                                ? Math.max(1, patience.toSeconds()) + " s"
                                : patience.toMinutes() + " minutes"));
    }

    /** Something that is not what such a server answers. */
    static EngineException malformed(ServerAddress address) {
        return new EngineException(
                Reason.SERVER,
                "The server at " + address.shown()
                        + " answers something that is not understood. Is it an OpenAI-compatible server?");
    }

    private static EngineException tooLong(ServerAddress address, JsonNode error) {
        long prompt = error.path("n_prompt_tokens").asLong(0);
        long window = error.path("n_ctx").asLong(0);
        if (window == 0) {
            Matcher number = Pattern.compile("(?:context (?:length|size|window) (?:is|of) |n_ctx[^0-9]{1,8})(\\d{1,9})")
                    .matcher(text(error));
            window = number.find() ? Long.parseLong(number.group(1)) : 0;
        }
        return new EngineException(
                Reason.DOES_NOT_FIT,
                String.format(
                        Locale.ROOT,
                        "The server at %s holds less than it said: it refuses the prompt%s as too long for its window%s."
                                + " Leave something out, or say the window with --server-window.",
                        address.shown(),
                        prompt > 0 ? String.format(Locale.ROOT, " of %,d tokens", prompt) : "",
                        window > 0 ? String.format(Locale.ROOT, " of %,d", window) : ""));
    }

    private static boolean isTooLong(JsonNode error) {
        return TOO_LONG.matcher(text(error)).find();
    }

    private static String text(JsonNode error) {
        return error.isTextual() ? error.asText() : error.toString();
    }

    /** Servers put errors under "error", "message" or "detail". */
    private static JsonNode error(String body) {
        try {
            JsonNode root = JSON.readTree(body);
            return root == null ? JSON.missingNode() : root.hasNonNull("error") ? root.get("error") : root;
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    /** What the server says, where it is short and quotes nothing of what it was sent. */
    private static String words(JsonNode error, String sent) {
        String words = error.isTextual()
                ? error.asText()
                : error.path("message")
                        .asText(
                                error.path("detail").isTextual()
                                        ? error.path("detail").asText()
                                        : "");
        words = words.strip().replaceAll("\\s+", " ").replaceFirst("\\.$", "");
        return words.isEmpty() || words.length() > MOST_WORDS || quotes(words, sent) ? "" : ": " + words;
    }

    private static boolean quotes(String words, String sent) {
        for (int start = 0; start + LONGEST_QUOTE <= words.length(); start++) {
            if (sent.contains(words.substring(start, start + LONGEST_QUOTE))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnknownHost(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof java.net.UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
