package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.generate.CharacterAssembler;
import io.lectern.engine.generate.Sampler;
import io.lectern.engine.generate.StopStrings;
import io.lectern.engine.model.ModelTokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** The writing of one reply: token after token until something ends it. */
final class Reply {
    private final Past past;
    private final ModelTokenizer tokenizer;
    private final int window;
    private final GenerationRequest request;
    private final Consumer<GenerationEvent> listener;
    private final Cancellation cancellation;

    private final Sampler sampler;
    private final CharacterAssembler characters = new CharacterAssembler();
    private final StopStrings stops;
    private final StringBuilder text = new StringBuilder();
    private final int promptTokens;
    private final long startedAt = System.nanoTime();
    private int[] written = new int[64];
    private int count;

    /** @param past has read the prompt, and nothing more */
    Reply(
            Past past,
            ModelTokenizer tokenizer,
            int window,
            GenerationRequest request,
            Consumer<GenerationEvent> listener,
            Cancellation cancellation) {
        this.past = past;
        this.tokenizer = tokenizer;
        this.window = window;
        this.request = request;
        this.listener = listener;
        this.cancellation = cancellation;
        this.sampler = new Sampler(request.sampling());
        this.stops = new StopStrings(request.stopStrings());
        this.promptTokens = past.length();
    }

    /**
     * Writes to the end.
     *
     * @param logits for the first token
     */
    GenerationEvent.Finished write(float[] logits) {
        FinishReason reason = writeTokens(logits);
        if (reason != FinishReason.STOP_STRING) {
            show(stops.add(characters.finish()));
            show(stops.finish());
        }
        return new GenerationEvent.Finished(reason, text.toString(), promptTokens, count, tokensPerSecond());
    }

    private FinishReason writeTokens(float[] first) {
        float[] logits = first;
        while (true) {
            if (cancellation.isCancelled()) {
                return FinishReason.CANCELLED;
            }
            requireNumbers(logits);
            // A model may have more rows than its vocabulary has tokens; those mean nothing.
            int token =
                    sampler.next(logits.length > tokenizer.size() ? Arrays.copyOf(logits, tokenizer.size()) : logits);
            if (tokenizer.endOfTurn().contains(token)) {
                return FinishReason.END_OF_TURN;
            }
            keep(token);
            show(stops.add(characters.add(tokenizer.bytes(token))));
            if (stops.stopped()) {
                return FinishReason.STOP_STRING;
            }
            if (count == request.maxTokens()) {
                return FinishReason.TOKEN_LIMIT;
            }
            if (promptTokens + count >= window) {
                return FinishReason.WINDOW_FULL;
            }
            logits = past.read(new int[] {token}, done -> {}, new Cancellation());
        }
    }

    /** Without numbers a token would be chosen all the same, and nobody would see why the text makes no sense. */
    private static void requireNumbers(float[] logits) {
        for (float logit : logits) {
            if (Float.isNaN(logit)) {
                throw new EngineException(
                        EngineException.Reason.FAILED,
                        "the model's computation did not give numbers; its weights may be damaged");
            }
        }
    }

    /**
     * The tokens that the past lacks for it to end with exactly the text that was shown. Forgets what was read beyond.
     * After a stop string that begins within a token, the token is replaced by the tokens of its part.
     */
    int[] settle(FinishReason reason) {
        int kept = count;
        int[] rest = {};
        if (reason == FinishReason.STOP_STRING) {
            byte[] shown = text.toString().getBytes(StandardCharsets.UTF_8);
            byte[] prefix = bytesOf(kept);
            while (!isWholeBeginning(prefix, shown)) {
                kept--;
                prefix = bytesOf(kept);
            }
            rest = tokenizer.encode(
                    new String(shown, prefix.length, shown.length - prefix.length, StandardCharsets.UTF_8));
        }
        int read = past.length() - promptTokens;
        if (read > kept) {
            past.truncate(promptTokens + kept);
            read = kept;
        }
        return Conversation.concatenate(Arrays.copyOfRange(written, read, kept), rest);
    }

    private static boolean isWholeBeginning(byte[] prefix, byte[] text) {
        return prefix.length <= text.length
                && Arrays.equals(prefix, 0, prefix.length, text, 0, prefix.length)
                && (prefix.length == text.length || (text[prefix.length] & 0xC0) != 0x80);
    }

    private byte[] bytesOf(int tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < tokens; i++) {
            bytes.writeBytes(tokenizer.bytes(written[i]));
        }
        return bytes.toByteArray();
    }

    private void keep(int token) {
        if (count == written.length) {
            written = Arrays.copyOf(written, 2 * count);
        }
        written[count++] = token;
    }

    private void show(String more) {
        if (!more.isEmpty()) {
            text.append(more);
            listener.accept(new GenerationEvent.Text(more, count, tokensPerSecond()));
        }
    }

    private double tokensPerSecond() {
        return count / Math.max(1e-9, (System.nanoTime() - startedAt) / 1e9);
    }
}
