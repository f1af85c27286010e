package io.lectern.app.analysis;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.Message;
import io.lectern.engine.RestoredContext;
import io.lectern.engine.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Has a model read a prompt. Where readings are kept on disk, what was read before is taken from there, and what is new is
 * kept at the ends of documents: after a change, reading begins at the document that changed.
 */
final class DocumentReading {
    private final Engine engine;
    private final Consumer<AnswerEvent> listener;
    private final Cancellation cancellation;

    /**
     * @param listener hears {@link AnswerEvent.Reading}, {@link AnswerEvent.TakenUp}, {@link AnswerEvent.Checking} and
     *     {@link AnswerEvent.Remark}
     */
    DocumentReading(Engine engine, Consumer<AnswerEvent> listener, Cancellation cancellation) {
        this.engine = engine;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /**
     * A context that has read the prompt.
     *
     * @param snapshots where readings are kept; empty to keep none
     */
    Context read(Prompt prompt, Optional<Snapshots> snapshots) {
        if (snapshots.isEmpty()) {
            return read(engine.newContext(), List.of(role(), Message.user(prompt.text())), Optional.empty());
        }
        List<Message> messages = new ArrayList<>(List.of(role()));
        pieces(prompt).forEach(piece -> messages.add(Message.user(piece)));
        RestoredContext restored = restore(snapshots.get(), messages);
        List<Message> rest = messages.subList(restored.messages(), messages.size());
        return read(restored.context(), rest, snapshots);
    }

    private static Message role() {
        return Message.system(Prompts.READER);
    }

    /** The prompt's documents, one after the other; small ones together, so that keeping them costs less than reading them. */
    private List<String> pieces(Prompt prompt) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        int tokens = 0;
        for (Prompt.Part part : prompt.parts()) {
            tokens += part.tokens();
            boolean last = part == prompt.parts().getLast();
            if (last || tokens >= engine.tokensBetweenSnapshots()) {
                pieces.add(prompt.text().substring(start, part.end()));
                start = part.end();
                tokens = 0;
            }
        }
        return pieces;
    }

    private RestoredContext restore(Snapshots snapshots, List<Message> messages) {
        try {
            RestoredContext restored =
                    engine.restore(snapshots, messages, progress("Taking up what was read before"), cancellation);
            restored.passedOver().forEach(reason -> listener.accept(new AnswerEvent.Remark(reason)));
            if (restored.messages() > 0) {
                listener.accept(new AnswerEvent.TakenUp(restored.context().tokenCount(), restored.seconds()));
            }
            return restored;
        } catch (EngineException e) {
            listener.accept(new AnswerEvent.Remark("What was read before cannot be taken up: " + e.getMessage()));
            return new RestoredContext(engine.newContext(), 0, 0, List.of());
        }
    }

    private Context read(Context context, List<Message> messages, Optional<Snapshots> snapshots) {
        Optional<Snapshots> keeping = snapshots;
        try {
            for (Message message : messages) {
                context.append(message, reading(message), cancellation);
                if (message.role() == Message.Role.USER && !save(context, keeping)) {
                    keeping = Optional.empty();
                }
            }
            return context;
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private Consumer<GenerationEvent.Prefill> reading(Message message) {
        return message.role() == Message.Role.SYSTEM ? progress -> {} : AnswerEvent.Reading.from(listener);
    }

    /** Keeps what was read. An answer does not wait for a full disk: false, and a remark, if it cannot be kept. */
    private boolean save(Context context, Optional<Snapshots> snapshots) {
        if (snapshots.isPresent()) {
            try {
                context.save(snapshots.get(), progress("Keeping what was read"), cancellation);
            } catch (EngineException e) {
                listener.accept(new AnswerEvent.Remark("What was read is not kept: " + e.getMessage()));
                return false;
            }
        }
        return true;
    }

    private Snapshots.Listener progress(String what) {
        return (done, total) -> listener.accept(new AnswerEvent.Checking(
                String.format(Locale.ROOT, "%s, %,d of %,d MB", what, done / 1_000_000, total / 1_000_000)));
    }
}
