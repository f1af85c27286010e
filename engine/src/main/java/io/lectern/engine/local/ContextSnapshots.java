package io.lectern.engine.local;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.Message;
import io.lectern.engine.SavedSnapshot;
import io.lectern.engine.Snapshots;
import io.lectern.engine.decoder.StateLayout;
import io.lectern.engine.decoder.StateMemory;
import io.lectern.engine.snapshot.DamagedSnapshotException;
import io.lectern.engine.snapshot.Manifest.Talk;
import io.lectern.engine.snapshot.ModelIdentity;
import io.lectern.engine.snapshot.SnapshotStore;
import io.lectern.engine.snapshot.SnapshotStore.Found;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Keeps contexts on disk and brings them back, for one model. */
final class ContextSnapshots {
    /** Logits that are kept to tell whether what was restored gives the same. */
    private static final int PROOF = 1024;

    /**
     * Largest difference of a restored context's logits from those at the time it was saved, as a part of their spread. With
     * the same number of threads on the same processor there is none.
     */
    private static final double TOLERANCE = 0.02;

    /**
     * A context in parts.
     *
     * @param past what the decoder remembers
     * @param conversation what was said, without the texts
     * @param unread tokens that belong to it but were not read yet
     * @param checkpoints lengths at which it was saved
     */
    record Parts(Past past, Conversation conversation, int[] unread, List<Integer> checkpoints) {}

    /**
     * What was found for some messages.
     *
     * @param parts of the restored context; empty if nothing was
     * @param messages how many it has read
     * @param passedOver why others were not used
     */
    record Restored(Optional<Parts> parts, int messages, List<String> passedOver) {}

    private final Supplier<ModelIdentity> identity;
    private final Function<StateLayout, Past> layOut;
    private final Function<Talk, Conversation> resume;

    /**
     * @param identity of the model; may have to be waited for
     * @param layOut makes a past whose numbers are yet to be filled in
     * @param resume makes a conversation of what was kept of one
     */
    ContextSnapshots(
            Supplier<ModelIdentity> identity, Function<StateLayout, Past> layOut, Function<Talk, Conversation> resume) {
        this.identity = identity;
        this.layOut = layOut;
        this.resume = resume;
    }

    SavedSnapshot save(Snapshots where, Parts parts, Snapshots.Listener listener, Cancellation cancellation) {
        if (parts.past().length() == 0) {
            throw new EngineException(
                    EngineException.Reason.FAILED, "There is nothing to keep: the context has read nothing yet.");
        }
        Talk talk = parts.conversation().talk(parts.unread(), parts.checkpoints(), proof(parts.past()));
        try (SnapshotStore store = SnapshotStore.open(where, cancellation)) {
            return store.save(identity.get(), parts.past().memory(), talk, listener, cancellation);
        }
    }

    /**
     * Brings back the longest beginning of a conversation.
     *
     * @param begun the conversation before its first message
     */
    Restored restore(
            Snapshots where,
            Conversation begun,
            List<Message> messages,
            Snapshots.Listener listener,
            Cancellation cancellation) {
        if (!SnapshotStore.isAt(where.folder())) {
            return new Restored(Optional.empty(), 0, List.of());
        }
        List<Integer> lengths = new ArrayList<>();
        int[] tokens = {};
        Conversation conversation = begun;
        for (Message message : messages) {
            Conversation.Step step = conversation.append(message);
            conversation = step.after();
            tokens = Conversation.concatenate(tokens, step.tokens());
            lengths.add(tokens.length);
        }
        List<String> passedOver = new ArrayList<>();
        try (SnapshotStore store = SnapshotStore.open(where, cancellation)) {
            while (true) {
                Optional<Found> found = store.longest(identity.get(), tokens, lengths);
                if (found.isEmpty()) {
                    passedOver.addAll(store.madeByOthers(identity.get(), tokens, lengths));
                    return new Restored(Optional.empty(), 0, passedOver);
                }
                try {
                    Parts parts = load(store, found.get(), listener, cancellation);
                    int messagesRead =
                            1 + lengths.lastIndexOf(found.get().manifest().tokens());
                    return new Restored(Optional.of(parts), messagesRead, passedOver);
                } catch (DamagedSnapshotException e) {
                    store.delete(found.get());
                    passedOver.add("A snapshot cannot be used and was deleted: " + e.getMessage() + ".");
                }
            }
        }
    }

    /** Brings back one context. */
    Parts restore(Snapshots where, String id, Snapshots.Listener listener, Cancellation cancellation) {
        if (SnapshotStore.isAt(where.folder())) {
            try (SnapshotStore store = SnapshotStore.open(where, cancellation)) {
                Optional<Found> found = store.find(id);
                if (found.isPresent()) {
                    String whyNot =
                            SnapshotStore.whyNot(identity.get(), found.get().manifest());
                    if (whyNot != null) {
                        throw new EngineException(EngineException.Reason.FAILED, whyNot);
                    }
                    return load(store, found.get(), listener, cancellation);
                }
            } catch (DamagedSnapshotException e) {
                throw new EngineException(
                        EngineException.Reason.FAILED, "The snapshot cannot be used: " + e.getMessage() + ".", e);
            }
        }
        throw new EngineException(
                EngineException.Reason.FAILED,
                "There is no snapshot " + id + " in " + where.folder() + ", or it was damaged.");
    }

    private Parts load(SnapshotStore store, Found found, Snapshots.Listener listener, Cancellation cancellation) {
        Talk talk = found.manifest().talk();
        Past past = layOut.apply(found.manifest().layout());
        try {
            store.load(found, past.memory(), listener, cancellation);
            requireProof(talk.proof(), proof(past));
            return new Parts(past, resume.apply(talk), talk.unread(), talk.checkpoints());
        } catch (RuntimeException | Error e) {
            past.close();
            throw e;
        }
    }

    /**
     * What the decoder makes of the last token, read once more: its logits depend on every number of the memory, on the
     * weights and on all of the computation. Some of them, evenly chosen.
     */
    private static float[] proof(Past past) {
        StateMemory memory = past.memory();
        try (Past fork = past.fork()) {
            float[] logits = fork.read(memory.tokens(past.length() - 1, past.length()), done -> {}, new Cancellation());
            int step = Math.ceilDiv(logits.length, PROOF);
            float[] some = new float[Math.ceilDiv(logits.length, step)];
            for (int i = 0; i < some.length; i++) {
                some[i] = logits[i * step];
            }
            return some;
        }
    }

    private static void requireProof(float[] saved, float[] restored) {
        double smallest = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        double difference = saved.length == restored.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < saved.length && i < restored.length; i++) {
            smallest = Math.min(smallest, saved[i]);
            largest = Math.max(largest, saved[i]);
            difference = Math.max(difference, Math.abs(saved[i] - restored[i]));
        }
        // Written so that what is no number fails.
        if (!(difference <= TOLERANCE * (largest - smallest)) && !Arrays.equals(saved, restored)) {
            throw new DamagedSnapshotException("the model does not go on from it as it did when it was saved");
        }
    }
}
