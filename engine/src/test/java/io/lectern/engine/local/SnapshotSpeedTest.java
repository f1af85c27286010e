package io.lectern.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.Message;
import io.lectern.engine.RestoredContext;
import io.lectern.engine.SavedSnapshot;
import io.lectern.engine.SnapshotKey;
import io.lectern.engine.Snapshots;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.decoder.StateLayout;
import io.lectern.engine.decoder.StateMemory;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsCheckpoint;
import io.lectern.engine.snapshot.ModelIdentity;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Restores long readings, and writes what it took to {@code target/snapshot-speed.txt}: the figures of
 * docs/measurements/snapshots.md. The system property {@code lectern.snapshot.tokens} sets another length.
 */
@Tag("slow")
class SnapshotSpeedTest {
    private static final List<String> REPLIES = List.of("Yes", "No");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {20_000, 100_000})
    void aLongReadingIsRestored(int usual) throws IOException {
        int tokens = Integer.getInteger("lectern.snapshot.tokens", usual);
        Snapshots snapshots = new Snapshots(folder.resolve("snapshots"), SnapshotKey.random(), 1L << 40);
        Message message = Message.user("The tenant gives notice. ".repeat(tokens / 25));
        double[] scores;
        double reading;
        double saving;
        SavedSnapshot saved;
        try (Engine engine = HybridEngine.open(folder, CacheType.F16);
                Context context = engine.newContext()) {
            long start = System.nanoTime();
            context.append(message);
            reading = since(start);
            start = System.nanoTime();
            saved = context.save(snapshots, (done, total) -> {}, new Cancellation());
            saving = since(start);
            scores = context.score(REPLIES);
        }
        try (Engine engine = HybridEngine.open(folder, CacheType.F16)) {
            RestoredContext restored =
                    engine.restore(snapshots, List.of(message), (done, total) -> {}, new Cancellation());
            try (Context context = restored.context()) {
                assertThat(restored.messages()).isEqualTo(1);
                assertThat(context.score(REPLIES)).isEqualTo(scores);
            }
            report(String.format(
                    Locale.ROOT,
                    "%,d tokens: read in %.1f s, %.1f MB saved in %.2f s (%.0f MB/s), restored in %.2f s (%.0f MB/s)",
                    saved.tokens(),
                    reading,
                    saved.bytesWritten() / 1e6,
                    saving,
                    saved.bytesWritten() / 1e6 / saving,
                    restored.seconds(),
                    saved.bytesWritten() / 1e6 / restored.seconds()));
        }
    }

    /**
     * A million tokens, of which keys, values and states are made by chance: to read so many would take about an hour,
     * and what is written and read back does not depend on where it came from.
     */
    @ParameterizedTest
    @EnumSource(names = {"F16", "F32"})
    void aMillionTokensAreRestored(CacheType cache) throws IOException {
        int tokens = 1_000_000;
        Snapshots where = new Snapshots(folder.resolve("snapshots"), SnapshotKey.random(), 1L << 40);
        try (LocalEngine engine = HybridEngine.open(folder, cache);
                SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder());
                HybridDecoder decoder = HybridEngine.decoder(checkpoint, cache)) {
            Conversation conversation = Conversation.begin(
                    new ChatTemplate("{% for m in messages %}{{ m.content }}{% endfor %}", "", ""),
                    engine.modelTokenizer(),
                    engine.markers());
            ContextSnapshots snapshots = new ContextSnapshots(
                    () -> new ModelIdentity(Map.of()),
                    layout -> new DecoderPast(decoder, decoder.newState(layout)),
                    talk -> conversation);
            SavedSnapshot saved;
            double saving;
            long hash;
            try (Past past = new DecoderPast(decoder, decoder.newState(layout(decoder, tokens)))) {
                fill(past.memory(), tokens);
                hash = hash(past.memory(), tokens);
                long start = System.nanoTime();
                saved = snapshots.save(
                        where,
                        new ContextSnapshots.Parts(past, conversation, new int[0], List.of()),
                        (done, total) -> {},
                        new Cancellation());
                saving = since(start);
            }
            long start = System.nanoTime();
            try (Past restored = snapshots
                    .restore(where, saved.id(), (done, total) -> {}, new Cancellation())
                    .past()) {
                double restoring = since(start);
                assertThat(restored.length()).isEqualTo(tokens);
                assertThat(hash(restored.memory(), tokens)).isEqualTo(hash);
                report(String.format(
                        Locale.ROOT,
                        "%,d tokens, %s: %.1f MB saved in %.2f s (%.0f MB/s), restored in %.2f s (%.0f MB/s)",
                        tokens,
                        cache,
                        saved.bytesWritten() / 1e6,
                        saving,
                        saved.bytesWritten() / 1e6 / saving,
                        restoring,
                        saved.bytesWritten() / 1e6 / restoring));
            }
        }
    }

    /** Full blocks, and a last one that is not. */
    private static StateLayout layout(HybridDecoder decoder, int tokens) {
        List<StateLayout.Block> blocks = new ArrayList<>();
        for (int first = 0; first < tokens; first += 4096) {
            blocks.add(new StateLayout.Block(4096, Math.min(4096, tokens - first)));
        }
        return new StateLayout(
                tokens,
                decoder.config().layers().stream()
                        .map(layer ->
                                layer.mixer() instanceof LayerSpec.Softmax ? blocks : List.<StateLayout.Block>of())
                        .toList(),
                true);
    }

    private static void fill(StateMemory memory, int tokens) {
        Random random = new Random(1);
        // The tokens come first, and may stay 0.
        memory.visitTokens(0, tokens, piece -> {
            if (piece.byteSize() != (long) tokens * Integer.BYTES) {
                fill(piece, random);
            }
        });
        memory.visitFixed(piece -> fill(piece, random));
    }

    private static void fill(MemorySegment piece, Random random) {
        // Two bytes of this kind are a number about 0.01 in F16 as in half an F32.
        for (long at = 0; at + 1 < piece.byteSize(); at += 2) {
            piece.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (0x2000 + random.nextInt(0x400)));
        }
    }

    private static long hash(StateMemory memory, int tokens) {
        CRC32C hash = new CRC32C();
        memory.visitTokens(0, tokens, piece -> hash.update(piece.toArray(ValueLayout.JAVA_BYTE)));
        memory.visitFixed(piece -> hash.update(piece.toArray(ValueLayout.JAVA_BYTE)));
        return hash.getValue();
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void report(String line) throws IOException {
        Files.writeString(
                Path.of("target", "snapshot-speed.txt"),
                line + System.lineSeparator(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
