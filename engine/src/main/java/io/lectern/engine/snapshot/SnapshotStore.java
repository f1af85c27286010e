package io.lectern.engine.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.SavedSnapshot;
import io.lectern.engine.Snapshots;
import io.lectern.engine.decoder.StateMemory;
import io.lectern.engine.snapshot.Manifest.Segment;
import io.lectern.engine.snapshot.Manifest.Talk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots in a folder, used by one at a time: who opened it holds it alone until {@link #close}. Opening clears away what
 * a process left unfinished.
 */
public final class SnapshotStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int NAME_OF_TOKENS = 16;
    private static final int NAME_OF_MODEL = 8;
    /** What a manifest and the frames of a file take at most beside what they hold. */
    private static final long OVERHEAD = 4 << 20;

    private static final String ABOUT = """
            Lectern keeps here, encrypted, what a model has read, so that it need not be read again.
            Everything in this folder can be deleted; it is then read again when it is needed.
            key %s
            """;

    /** A checkpoint that was found. */
    public record Found(String id, Manifest manifest) {}

    private final Snapshots where;
    private final SnapshotFolder folder;
    private final Secrets secrets;
    private final FolderLock lock;

    private SnapshotStore(Snapshots where, SnapshotFolder folder, Secrets secrets, FolderLock lock) {
        this.where = where;
        this.folder = folder;
        this.secrets = secrets;
        this.lock = lock;
    }

    /** Whether there may be snapshots in a folder. */
    public static boolean isAt(Path path) {
        return Files.exists(new SnapshotFolder(path).file(SnapshotFolder.LABEL));
    }

    /** Bytes that the snapshots in a folder take. */
    public static long bytes(Path path) {
        return new SnapshotFolder(path).bytes();
    }

    /**
     * Deletes all snapshots in a folder, whatever their key. Waits until nobody uses it.
     *
     * @return bytes that they took
     */
    public static long clear(Path path) {
        SnapshotFolder folder = new SnapshotFolder(path);
        if (!Files.isDirectory(path)) {
            return 0;
        }
        try (FolderLock _ = FolderLock.take(folder, new Cancellation())) {
            long bytes = folder.bytes();
            folder.clear();
            return bytes;
        } catch (IOException e) {
            throw failed("The snapshots in " + path + " could not all be deleted", e);
        }
    }

    /**
     * Waits until nobody else uses the folder, and takes it.
     *
     * @throws EngineException with FAILED if its snapshots were made with another key
     */
    public static SnapshotStore open(Snapshots where, Cancellation cancellation) {
        SnapshotFolder folder = new SnapshotFolder(where.folder());
        try {
            folder.create();
            FolderLock lock = FolderLock.take(folder, cancellation);
            SnapshotStore store = new SnapshotStore(where, folder, new Secrets(where.key()), lock);
            try {
                store.requireKey();
                store.tidy();
                return store;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed("The folder for snapshots " + where.folder() + " cannot be used", e);
        }
    }

    private void requireKey() throws IOException {
        Path label = folder.file(SnapshotFolder.LABEL);
        String about = ABOUT.formatted(secrets.check());
        if (!Files.exists(label)) {
            Path unfinished = unfinished();
            Files.writeString(unfinished, about);
            folder.publish(unfinished, label);
        } else if (!Files.readString(label).equals(about)) {
            throw new EngineException(
                    EngineException.Reason.FAILED,
                    "The snapshots in " + folder.path()
                            + " were made with another key: give that key, choose another folder, or remove them.");
        }
    }

    /** Deletes what is unfinished and the segments that no checkpoint names. */
    private void tidy() throws IOException {
        for (Path file : folder.files(SnapshotFolder.UNFINISHED)) {
            Files.delete(file);
        }
        Set<String> named = new HashSet<>();
        for (Path file : folder.files(SnapshotFolder.CHECKPOINT)) {
            readManifest(file).ifPresent(manifest -> manifest.segments().forEach(segment -> named.add(segment.name())));
        }
        for (Path file : folder.files(SnapshotFolder.SEGMENT)) {
            if (!named.contains(file.getFileName().toString())) {
                Files.delete(file);
            }
        }
    }

    /** The manifest of a checkpoint; empty, and the file deleted, if it is damaged. */
    private Optional<Manifest> readManifest(Path file) throws IOException {
        try (SealedInput input = new SealedInput(file, secrets)) {
            return Optional.of(JSON.readValue(readManifest(input), Manifest.class));
        } catch (DamagedSnapshotException e) {
            LOG.warn("deleted a snapshot that cannot be used: {}", e.getMessage());
            Files.deleteIfExists(file);
            return Optional.empty();
        } catch (JsonProcessingException e) {
            // Not with the exception, which may quote what it could not parse.
            LOG.warn("deleted a snapshot whose manifest is of another version: {}", file.getFileName());
            Files.deleteIfExists(file);
            return Optional.empty();
        }
    }

    /** A manifest is its length and its text, in frames of its own. */
    private static byte[] readManifest(SealedInput input) throws IOException {
        MemorySegment length = MemorySegment.ofArray(new byte[Integer.BYTES]);
        input.read(length);
        byte[] manifest = new byte[length.get(LENGTH, 0)];
        input.read(MemorySegment.ofArray(manifest));
        return manifest;
    }

    private static void writeManifest(Manifest manifest, SealedOutput output) throws IOException {
        byte[] text = JSON.writeValueAsBytes(manifest);
        MemorySegment length = MemorySegment.ofArray(new byte[Integer.BYTES]);
        length.set(LENGTH, 0, text.length);
        output.write(length);
        output.write(MemorySegment.ofArray(text));
        output.endFrame();
    }

    /**
     * The checkpoint of a context with these beginnings that has most tokens, made by this model.
     *
     * @param tokens of the context
     * @param lengths of beginnings that may have been saved
     */
    public Optional<Found> longest(ModelIdentity identity, int[] tokens, List<Integer> lengths) {
        SortedMap<Integer, byte[]> chains = TokenChain.of(tokens, lengths);
        for (int length :
                chains.keySet().stream().sorted(Comparator.reverseOrder()).toList()) {
            Optional<Found> found = find(identity, chains.get(length));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Found> find(ModelIdentity identity, byte[] chain) {
        return find(id(identity, chain));
    }

    /** The checkpoint with an id; empty if there is none, or not all of it. */
    public Optional<Found> find(String id) {
        Path file = folder.file(id + SnapshotFolder.CHECKPOINT);
        if (!id.matches("[0-9a-f-]+") || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Optional<Manifest> manifest = readManifest(file);
            if (manifest.isPresent()
                    && manifest.get().segments().stream()
                            .anyMatch(segment -> !Files.exists(folder.file(segment.name())))) {
                LOG.warn("deleted a snapshot of which a part is missing");
                Files.delete(file);
                return Optional.empty();
            }
            return manifest.map(read -> new Found(id, read));
        } catch (IOException e) {
            throw failed("The snapshot " + file + " cannot be read", e);
        }
    }

    /**
     * Why snapshots of the same tokens are not this model's.
     *
     * @param lengths of beginnings that may have been saved
     * @return sentences, each once
     */
    public List<String> madeByOthers(ModelIdentity identity, int[] tokens, List<Integer> lengths) {
        String ours = secrets.name(identity.hash(), NAME_OF_MODEL);
        List<String> reasons = new ArrayList<>();
        for (byte[] chain : TokenChain.of(tokens, lengths).values()) {
            String beginning = secrets.name(chain, NAME_OF_TOKENS) + "-";
            for (Path file : folder.files(SnapshotFolder.CHECKPOINT)) {
                String name = file.getFileName().toString();
                if (name.startsWith(beginning) && !name.startsWith(beginning + ours)) {
                    find(name.substring(0, name.length() - SnapshotFolder.CHECKPOINT.length()))
                            .map(found -> whyNot(identity, found.manifest()))
                            .filter(reason -> !reasons.contains(reason))
                            .ifPresent(reasons::add);
                }
            }
        }
        return reasons;
    }

    /** Why a snapshot is not of this model; null if it is. */
    public static String whyNot(ModelIdentity identity, Manifest manifest) {
        if (manifest.format() != Manifest.FORMAT) {
            return "A snapshot of these texts was made by another version of Lectern.";
        }
        List<String> differences = identity.differences(new ModelIdentity(manifest.identity()));
        return differences.isEmpty()
                ? null
                : "A snapshot of these texts was made with other settings or another model (different: "
                        + String.join(", ", differences) + ").";
    }

    private String id(ModelIdentity identity, byte[] chain) {
        return secrets.name(chain, NAME_OF_TOKENS) + "-" + secrets.name(identity.hash(), NAME_OF_MODEL);
    }

    /**
     * Saves a context. What earlier checkpoints of the same reading hold is not written again.
     *
     * @param memory of its decoder
     * @param talk the rest; its checkpoints are those before this one
     */
    public SavedSnapshot save(
            ModelIdentity identity,
            StateMemory memory,
            Talk talk,
            Snapshots.Listener listener,
            Cancellation cancellation) {
        int read = memory.layout().tokens();
        int[] tokens = IntStream.concat(IntStream.of(memory.tokens(0, read)), IntStream.of(talk.unread()))
                .toArray();
        byte[] chain = TokenChain.of(tokens, List.of(tokens.length)).get(tokens.length);
        String id = id(identity, chain);
        try {
            if (find(id).isPresent()) {
                folder.touch(folder.file(id + SnapshotFolder.CHECKPOINT));
                return new SavedSnapshot(id, tokens.length, 0);
            }
            Optional<Found> base = longest(identity, tokens, talk.checkpoints())
                    .filter(found -> found.manifest().layout().tokens() <= read);
            List<Segment> segments = new ArrayList<>(
                    base.map(found -> found.manifest().segments()).orElse(List.of()));
            int from = base.map(found -> found.manifest().layout().tokens()).orElse(0);
            long bytes = (read - from) * memory.bytesPerToken() + memory.fixedBytes();
            makeRoom(bytes + OVERHEAD, segments, base.map(Found::id).orElse(""));
            Transfer transfer = new Transfer(bytes, listener, cancellation);
            long written = 0;
            if (from < read) {
                Segment segment = new Segment(UUID.randomUUID() + SnapshotFolder.SEGMENT, from, read);
                written += write(
                        segment.name(),
                        output -> memory.visitTokens(from, read, piece -> transfer.write(piece, output)));
                segments.add(segment);
            }
            List<Integer> checkpoints = new ArrayList<>(talk.checkpoints());
            checkpoints.add(tokens.length);
            Manifest manifest = new Manifest(
                    Manifest.FORMAT,
                    identity.parts(),
                    HexFormat.of().formatHex(chain),
                    memory.layout(),
                    segments,
                    new Talk(talk.startedAt(), talk.roles(), talk.headers(), talk.unread(), checkpoints, talk.proof()));
            written += write(id + SnapshotFolder.CHECKPOINT, output -> {
                writeManifest(manifest, output);
                memory.visitFixed(piece -> transfer.write(piece, output));
            });
            return new SavedSnapshot(id, tokens.length, written);
        } catch (IOException | UncheckedIOException e) {
            throw failed(
                    "The snapshot could not be written to " + folder.path()
                            + "; nothing of it is kept, and what was there before is untouched",
                    e);
        }
    }

    /** Fills in the memory of a state that was laid out as the checkpoint says. */
    public void load(Found found, StateMemory memory, Snapshots.Listener listener, Cancellation cancellation) {
        Manifest manifest = found.manifest();
        long bytes = manifest.layout().tokens() * memory.bytesPerToken() + memory.fixedBytes();
        Transfer transfer = new Transfer(bytes, listener, cancellation);
        Path file = folder.file(found.id() + SnapshotFolder.CHECKPOINT);
        try {
            for (Segment segment : manifest.segments()) {
                try (SealedInput input = new SealedInput(folder.file(segment.name()), secrets)) {
                    memory.visitTokens(segment.from(), segment.to(), piece -> transfer.read(piece, input));
                    input.requireEnd();
                }
            }
            try (SealedInput input = new SealedInput(file, secrets)) {
                readManifest(input);
                memory.visitFixed(piece -> transfer.read(piece, input));
                input.requireEnd();
            }
            folder.touch(file);
        } catch (IOException | UncheckedIOException e) {
            throw failed("The snapshot " + file + " cannot be read", e);
        }
    }

    /** Deletes a checkpoint; its segments go when no other names them. */
    public void delete(Found found) {
        try {
            Files.deleteIfExists(folder.file(found.id() + SnapshotFolder.CHECKPOINT));
            tidy();
        } catch (IOException e) {
            throw failed("A snapshot in " + folder.path() + " cannot be deleted", e);
        }
    }

    /** What writes the content of a file. */
    private interface Content {
        void writeTo(SealedOutput output) throws IOException;
    }

    /** Writes a file that is there whole or not at all; returns its size. */
    private long write(String name, Content content) throws IOException {
        Path unfinished = unfinished();
        try {
            long bytes;
            try (SealedOutput output = new SealedOutput(unfinished, name, secrets)) {
                content.writeTo(output);
                bytes = output.finish();
            }
            folder.publish(unfinished, folder.file(name));
            return bytes;
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private Path unfinished() {
        return folder.file(UUID.randomUUID() + SnapshotFolder.UNFINISHED);
    }

    /** Deletes what was not used for the longest time until so many bytes more are allowed, and looks whether the disk has them. */
    private void makeRoom(long bytes, List<Segment> kept, String keptId) throws IOException {
        long stays = kept.stream()
                .mapToLong(segment -> SnapshotFolder.size(folder.file(segment.name())))
                .sum();
        if (stays + bytes > where.mostBytes()) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    "The snapshot takes %s, but all snapshots in %s together may take %s."
                            .formatted(megabytes(stays + bytes), folder.path(), megabytes(where.mostBytes())));
        }
        for (Path oldest : folder.files(SnapshotFolder.CHECKPOINT)) {
            if (folder.bytes() + bytes <= where.mostBytes()) {
                break;
            }
            if (!oldest.equals(folder.file(keptId + SnapshotFolder.CHECKPOINT))) {
                Files.delete(oldest);
                tidy();
            }
        }
        if (folder.freeBytes() < bytes) {
            throw new EngineException(
                    EngineException.Reason.DOES_NOT_FIT,
                    "The snapshot takes %s, but the disk of %s has only %s free."
                            .formatted(megabytes(bytes), folder.path(), megabytes(folder.freeBytes())));
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }

    private static EngineException failed(String what, Exception cause) {
        Throwable first = cause instanceof UncheckedIOException unchecked ? unchecked.getCause() : cause;
        return new EngineException(EngineException.Reason.FAILED, what + " (" + first.getMessage() + ").", first);
    }

    /** Counts what goes to the disk or comes from it. */
    private static final class Transfer {
        private final long total;
        private final Snapshots.Listener listener;
        private final Cancellation cancellation;
        private long done;

        Transfer(long total, Snapshots.Listener listener, Cancellation cancellation) {
            this.total = total;
            this.listener = listener;
            this.cancellation = cancellation;
        }

        void write(MemorySegment piece, SealedOutput output) {
            move(piece, () -> output.write(piece));
        }

        void read(MemorySegment piece, SealedInput input) {
            move(piece, () -> input.read(piece));
        }

        private interface Move {
            void run() throws IOException;
        }

        private void move(MemorySegment piece, Move move) {
            cancellation.throwIfCancelled();
            try {
                move.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            long before = done;
            done += piece.byteSize();
            if (done >> SHIFT != before >> SHIFT || done == total) {
                listener.progress(done, total);
            }
        }

        /** The listener hears of every 16 MiB. */
        private static final int SHIFT = 24;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw failed("The folder for snapshots " + folder.path() + " cannot be let go of", e);
        }
    }
}
