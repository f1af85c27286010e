package io.lectern.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.Cancellation;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.generate.StopStrings;
import io.lectern.engine.generate.ThinkingMarkers;
import io.lectern.engine.generate.ThinkingMarkers.Opening;
import io.lectern.engine.generate.ThoughtSplitter;
import io.lectern.engine.remote.Completions.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reply of a server, as it is written. A server ends the thinking by its own means where it has some. Where the thinking
 * goes on beyond its budget all the same, or the answer is wanted now, the connection is closed and the server is asked to go
 * on from the end of the thinking; that may cost it another reading of the prompt.
 *
 * <p>Servers do not say how many tokens a piece of text has: a piece counts as one until the server tells the sum.
 */
final class Writing {
    private static final Logger LOG = LoggerFactory.getLogger(Writing.class);

    /** Tokens of thinking beyond its budget before the server's own means are taken for none. */
    private static final int GRACE = 64;

    /** A server that has told the end of its answer and does not close it is not waited for any longer. */
    private static final long AFTERWORD_NANOS = 2_000_000_000L;

    private final RemoteEngine engine;
    private final ThinkingMarkers markers;
    private final List<Message> messages;
    private final int room;
    private final GenerationRequest request;
    private final Consumer<GenerationEvent> listener;
    private final Cancellation cancellation;
    private final StopStrings stops;
    private final int thinkingLimit;

    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private ThoughtSplitter splitter;
    /** Whether the model is writing thoughts that the server tells apart by itself. */
    private boolean toldToThink;
    /** Whether this is the second question, behind the end of the thinking. */
    private boolean continued;

    private boolean mayInterrupt = true;
    private long firstTokenAt;
    private long finishedAt;
    private int promptTokens;
    private int thinkingTokens;
    private int answerTokens;
    private String finishReason = "";

    /**
     * @param promptTokens of the messages, as far as is known before the server tells
     * @param room in the window for what is written
     */
    Writing(
            RemoteEngine engine,
            List<Message> messages,
            int promptTokens,
            int room,
            GenerationRequest request,
            Consumer<GenerationEvent> listener,
            Cancellation cancellation) {
        this.engine = engine;
        this.markers = engine.model().markers();
        this.messages = messages;
        this.promptTokens = promptTokens;
        this.room = room;
        this.request = request;
        this.listener = listener;
        this.cancellation = cancellation;
        this.stops = new StopStrings(request.stopStrings());
        this.splitter = new ThoughtSplitter(markers, Opening.NONE);
        int answerRoom = Math.min(request.maxTokens(), (room + 1) / 2);
        this.thinkingLimit = request.thinking().isEnded()
                ? 0
                : Math.min(request.thinking().budget().tokens(), Math.max(0, room - answerRoom - GRACE));
    }

    /**
     * Writes to the end.
     *
     * @throws io.lectern.engine.EngineException with SERVER if the answer does not come to its end; what there was of it has
     *     been heard by then
     */
    GenerationEvent.Finished write() {
        try {
            ask(new Question(
                    messages,
                    false,
                    Math.min(room, request.maxTokens() + (thinkingLimit > 0 ? thinkingLimit + GRACE : 0)),
                    request.sampling(),
                    thinkingLimit,
                    0));
            if (isThinking()) {
                answerNow();
            }
        } catch (CancellationException e) {
            return finished(FinishReason.CANCELLED);
        }
        return finished(reason());
    }

    /** Asks the server to go on from the end of the thinking; one that cannot is asked once more and let think. */
    private void answerNow() {
        LOG.info("thinking was ended after about {} tokens: the server goes on from there", thinkingTokens);
        String thought = thinking.toString();
        List<Message> then = new ArrayList<>(messages);
        then.add(Message.assistant(markers.begin() + "\n" + thought + markers.closing(thought)));
        continued = true;
        toldToThink = false;
        splitter = new ThoughtSplitter(markers, Opening.ANSWER);
        splitter.close();
        int left = Math.max(1, room - thinkingTokens);
        try {
            ask(new Question(then, true, Math.min(left, request.maxTokens()), request.sampling(), 0, 0));
        } catch (RefusedRequest e) {
            LOG.info("the server cannot go on from there: it is asked once more, and thinks as long as it likes");
            continued = false;
            mayInterrupt = false;
            thinking.setLength(0);
            thinkingTokens = 0;
            splitter = new ThoughtSplitter(markers, Opening.NONE);
            ask(new Question(messages, false, room, request.sampling(), thinkingLimit, 0));
        }
    }

    private void ask(Question question) {
        finishReason = "";
        finishedAt = 0;
        engine.completions().stream(question, this::heard, this::isEnough, cancellation);
        boolean stoppedByUs = stops.stopped() || isFull() || mustAnswerNow();
        if (finishReason.isEmpty() && !stoppedByUs) {
            throw engine.endedEarly();
        }
    }

    /** What an event brings; gives whether to go on listening. */
    private boolean heard(JsonNode event) {
        Progress.tell(event, listener);
        Delta delta = Delta.of(event);
        if (!delta.reasoning().isEmpty() || !delta.content().isEmpty()) {
            firstTokenAt = firstTokenAt == 0 ? System.nanoTime() : firstTokenAt;
        }
        if (!delta.reasoning().isEmpty() && !continued) {
            engine.wasSeenToThink();
            toldToThink = true;
            thinkingTokens++;
            think(delta.reasoning());
        }
        if (!delta.content().isEmpty()) {
            toldToThink = false;
            take(delta.content());
        }
        if (!delta.finishReason().isEmpty()) {
            finishReason = delta.finishReason();
            finishedAt = System.nanoTime();
        }
        if (event.path("usage").isObject()) {
            count(event.path("usage"));
        }
        return !isEnough();
    }

    private void take(String content) {
        List<ThoughtSplitter.Piece> pieces = splitter.add(content);
        if (splitter.isThinking()) {
            engine.wasSeenToThink();
            thinkingTokens++;
        } else {
            answerTokens++;
        }
        show(pieces);
    }

    private void show(List<ThoughtSplitter.Piece> pieces) {
        for (ThoughtSplitter.Piece piece : pieces) {
            if (piece.kind() == ThoughtSplitter.Kind.THINKING) {
                think(piece.text());
            } else if (!stops.stopped()) {
                answer(stops.add(piece.text()));
            }
        }
    }

    private void think(String text) {
        thinking.append(text);
        listener.accept(new GenerationEvent.Thought(text, thinkingTokens, tokensPerSecond()));
    }

    private void answer(String text) {
        if (!text.isEmpty()) {
            answer.append(text);
            listener.accept(new GenerationEvent.Text(text, answerTokens, tokensPerSecond()));
        }
    }

    private void count(JsonNode usage) {
        int written = usage.path("completion_tokens").asInt(0);
        if (continued) {
            answerTokens = written > 0 ? written : answerTokens;
            return;
        }
        promptTokens = usage.path("prompt_tokens").asInt(promptTokens);
        if (written > 0) {
            int told = usage.path("completion_tokens_details")
                    .path("reasoning_tokens")
                    .asInt(0);
            thinkingTokens = Math.min(written, told > 0 ? told : thinkingTokens);
            answerTokens = written - thinkingTokens;
        }
    }

    private boolean isThinking() {
        return !stops.stopped() && answer.isEmpty() && (toldToThink || splitter.isThinking());
    }

    /** Whether the thinking has to end here and now. */
    private boolean mustAnswerNow() {
        boolean isOver =
                request.thinking().isEnded() || thinkingTokens > (thinkingLimit == 0 ? 0 : thinkingLimit + GRACE);
        return mayInterrupt && !continued && finishReason.isEmpty() && isThinking() && isOver;
    }

    /** The server's own limit covers thinking and answer together, so the answer's is looked after here. */
    private boolean isFull() {
        return finishReason.isEmpty() && answerTokens >= request.maxTokens() && thinkingLimit > 0;
    }

    private boolean isEnough() {
        boolean isLate = finishedAt != 0 && System.nanoTime() - finishedAt > AFTERWORD_NANOS;
        return isLate || stops.stopped() || isFull() || mustAnswerNow();
    }

    private FinishReason reason() {
        if (stops.stopped()) {
            return FinishReason.STOP_STRING;
        }
        if (isFull() || finishReason.equals("length")) {
            return answerTokens + thinkingTokens >= room && answerTokens < request.maxTokens()
                    ? FinishReason.WINDOW_FULL
                    : FinishReason.TOKEN_LIMIT;
        }
        return FinishReason.END_OF_TURN;
    }

    private GenerationEvent.Finished finished(FinishReason reason) {
        if (reason != FinishReason.STOP_STRING) {
            show(splitter.finish());
            answer(stops.finish());
        }
        return new GenerationEvent.Finished(
                reason,
                answer.toString(),
                thinking.toString(),
                promptTokens,
                answerTokens,
                thinkingTokens,
                tokensPerSecond());
    }

    private double tokensPerSecond() {
        return firstTokenAt == 0
                ? 0
                : (answerTokens + thinkingTokens) / Math.max(1e-3, (System.nanoTime() - firstTokenAt) / 1e9);
    }
}
