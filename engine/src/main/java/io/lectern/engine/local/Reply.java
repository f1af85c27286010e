package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Thinking;
import io.lectern.engine.generate.CharacterAssembler;
import io.lectern.engine.generate.Sampler;
import io.lectern.engine.generate.StopStrings;
import io.lectern.engine.generate.ThinkingMarkers;
import io.lectern.engine.generate.ThinkingMarkers.Opening;
import io.lectern.engine.generate.ThoughtSplitter;
import io.lectern.engine.model.ModelTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The writing of one reply: token after token until something ends it. What the model thinks before it answers ends when
 * its budget is spent, at the latest a little after that: the engine then writes the end of the thinking as if the model
 * had written it, and the model goes on with the answer.
 */
final class Reply {
    /** Tokens beyond its budget that thinking may go on to the end of its line. */
    static final int GRACE = 32;

    private final Past past;
    private final ModelTokenizer tokenizer;
    private final ThinkingMarkers markers;
    private final Opening opening;
    private final int window;
    private final GenerationRequest request;
    private final Thinking leave;
    private final Consumer<GenerationEvent> listener;
    private final Cancellation cancellation;

    private final Sampler sampler;
    private final CharacterAssembler characters = new CharacterAssembler();
    private final ThoughtSplitter splitter;
    private final StopStrings stops;
    private final StringBuilder everything = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private final int promptTokens;
    private final int thinkingLimit;
    private final long startedAt = System.nanoTime();

    private int[] written = new int[64];
    /** Characters written up to the end of each token; -1 where a character goes on in the next. */
    private int[] ends = new int[64];

    private int count;
    private int thinkingTokens;
    private int answerEnd;
    /** Characters that stay where a stop string was written. */
    private int keptCharacters;

    /**
     * @param past has read the prompt, and nothing more
     * @param opening what the end of the prompt says of the model's thinking
     */
    Reply(
            LocalEngine engine,
            Past past,
            Opening opening,
            GenerationRequest request,
            Consumer<GenerationEvent> listener,
            Cancellation cancellation) {
        this.past = past;
        this.tokenizer = engine.modelTokenizer();
        this.markers = engine.markers();
        this.opening = opening;
        this.window = engine.window();
        this.request = request;
        this.leave = request.thinking();
        this.listener = listener;
        this.cancellation = cancellation;
        this.sampler = new Sampler(request.sampling());
        this.splitter = new ThoughtSplitter(markers, opening);
        this.stops = new StopStrings(request.stopStrings());
        this.promptTokens = past.length();
        this.thinkingLimit = Math.min(leave.budget().tokens(), roomForThinking());
    }

    /** Thinking leaves room in the window for the answer, or for half of what there is room for. */
    private int roomForThinking() {
        int left = window - promptTokens;
        int answerTokens = Math.min(request.maxTokens(), left / 2);
        int closing = tokenizer.encodeTemplate(markers.closing("")).length;
        return Math.max(0, left - answerTokens - closing - GRACE);
    }

    /**
     * Writes to the end.
     *
     * @param logits for the first token
     */
    GenerationEvent.Finished write(float[] logits) {
        FinishReason reason = writeTokens(logits);
        if (reason != FinishReason.STOP_STRING) {
            show(splitter.add(characters.finish()));
            show(splitter.finish());
            answer(stops.finish());
        }
        return new GenerationEvent.Finished(
                reason,
                answer.toString(),
                thinking.toString(),
                promptTokens,
                count - thinkingTokens,
                thinkingTokens,
                tokensPerSecond());
    }

    private FinishReason writeTokens(float[] first) {
        float[] logits = first;
        if (thinkingLimit == 0 || leave.isEnded()) {
            if (!insert(markers.skipping(opening))) {
                return FinishReason.WINDOW_FULL;
            }
        }
        while (true) {
            if (cancellation.isCancelled()) {
                return FinishReason.CANCELLED;
            }
            if (mustAnswer() && !insert(markers.closing(everything))) {
                return FinishReason.WINDOW_FULL;
            }
            if (unread() > 0) {
                logits =
                        past.read(Arrays.copyOfRange(written, count - unread(), count), done -> {}, new Cancellation());
            }
            // A model may have more rows than its vocabulary has tokens; those mean nothing.
            int token = sampler.next(
                    logits.length > tokenizer.writable() ? Arrays.copyOf(logits, tokenizer.writable()) : logits);
            if (tokenizer.endOfTurn().contains(token)) {
                if (!splitter.isThinking()) {
                    return FinishReason.END_OF_TURN;
                }
                if (!insert(markers.closing(everything))) {
                    return FinishReason.WINDOW_FULL;
                }
                continue;
            }
            keep(token);
            if (stops.stopped()) {
                return FinishReason.STOP_STRING;
            }
            if (count - thinkingTokens == request.maxTokens()) {
                return FinishReason.TOKEN_LIMIT;
            }
            if (promptTokens + count >= window) {
                return FinishReason.WINDOW_FULL;
            }
        }
    }

    /** Whether the model thinks and has to stop: at once if the answer is wanted now, else with a little grace. */
    private boolean mustAnswer() {
        if (!splitter.isThinking() || leave.isEnded()) {
            return splitter.isThinking();
        }
        boolean lineEnds = !everything.isEmpty() && everything.charAt(everything.length() - 1) == '\n';
        int grace = thinkingLimit == 0 || lineEnds ? 0 : GRACE;
        return thinkingTokens >= thinkingLimit + grace;
    }

    /** Writes in the model's place what ends its thinking; false if the window has no room for it. */
    private boolean insert(String text) {
        int[] tokens = tokenizer.encodeTemplate(text);
        if (promptTokens + count + tokens.length >= window) {
            return false;
        }
        for (int token : tokens) {
            keep(token);
        }
        thinkingTokens = count;
        splitter.close();
        return true;
    }

    private int unread() {
        return promptTokens + count - past.length();
    }

    /**
     * The tokens that the past lacks for it to end with exactly the text that was written. Forgets what was read beyond.
     * After a stop string that begins within a token, the token is replaced by the tokens of its part; a thinking that was
     * called off is ended.
     */
    int[] settle(FinishReason reason) {
        int kept = count;
        int[] rest = {};
        if (reason == FinishReason.STOP_STRING) {
            while (kept > 0 && (ends[kept - 1] < 0 || ends[kept - 1] > keptCharacters)) {
                kept--;
            }
            rest = tokenizer.encode(everything.substring(kept == 0 ? 0 : ends[kept - 1], keptCharacters));
        } else if (splitter.isThinking()) {
            int[] closing = tokenizer.encodeTemplate(markers.closing(everything));
            rest = promptTokens + count + closing.length <= window ? closing : rest;
        }
        int read = past.length() - promptTokens;
        if (read > kept) {
            past.truncate(promptTokens + kept);
            read = kept;
        }
        return Conversation.concatenate(Arrays.copyOfRange(written, read, kept), rest);
    }

    private void keep(int token) {
        if (count == written.length) {
            written = Arrays.copyOf(written, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        written[count++] = token;
        String more = characters.add(tokenizer.bytes(token));
        everything.append(more);
        ends[count - 1] = characters.isWhole() ? everything.length() : -1;
        int ended = splitter.ended();
        List<ThoughtSplitter.Piece> pieces = splitter.add(more);
        if (splitter.isThinking()) {
            thinkingTokens = count;
        } else if (splitter.ended() > ended) {
            thinkingTokens = splitter.isAnswering() ? count - 1 : count;
        }
        show(pieces);
    }

    private void show(List<ThoughtSplitter.Piece> pieces) {
        for (ThoughtSplitter.Piece piece : pieces) {
            if (piece.kind() == ThoughtSplitter.Kind.THINKING) {
                thinking.append(piece.text());
                listener.accept(new GenerationEvent.Thought(piece.text(), count, tokensPerSecond()));
            } else if (!stops.stopped()) {
                if (piece.end() - piece.text().length() != answerEnd) {
                    answer(stops.finish()); // no stop string goes over what was left out between
                }
                answerEnd = piece.end();
                answer(stops.add(piece.text()));
                keptCharacters = answerEnd - stops.dropped();
            }
        }
    }

    private void answer(String more) {
        if (!more.isEmpty()) {
            answer.append(more);
            listener.accept(new GenerationEvent.Text(more, count - thinkingTokens, tokensPerSecond()));
        }
    }

    private double tokensPerSecond() {
        return count / Math.max(1e-9, (System.nanoTime() - startedAt) / 1e9);
    }
}
