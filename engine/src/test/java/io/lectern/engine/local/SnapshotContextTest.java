package io.lectern.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.RestoredContext;
import io.lectern.engine.Sampling;
import io.lectern.engine.SavedSnapshot;
import io.lectern.engine.SnapshotKey;
import io.lectern.engine.Snapshots;
import io.lectern.engine.embedded.TestModels;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contexts that are kept on disk and go on from there, with real models. */
class SnapshotContextTest {
    private static final Message ROLE = Message.system("You answer questions about documents.");
    private static final Message FIRST = Message.user("The tenant gives notice of thirty days. ".repeat(30));
    private static final Message SECOND = Message.user("The rent is 900 euros a month. ".repeat(50));
    private static final Message THIRD = Message.user("The landlord mends the roof. ".repeat(20));
    private static final List<Message> READING = List.of(ROLE, FIRST, SECOND, THIRD);

    @TempDir
    Path folder;

    private Snapshots snapshots;

    @BeforeEach
    void key() {
        snapshots = new Snapshots(folder.resolve("snapshots"), SnapshotKey.random(), 1L << 30);
    }

    private SavedSnapshot save(Context context) {
        return context.save(snapshots, (done, total) -> assertThat(done).isBetween(1L, total), new Cancellation());
    }

    private RestoredContext restore(Engine engine, List<Message> messages) {
        return engine.restore(
                snapshots, messages, (done, total) -> assertThat(done).isBetween(1L, total), new Cancellation());
    }

    private static void append(Context context, List<Message> messages) {
        messages.forEach(context::append);
    }

    private static String generate(Context context, Sampling sampling) {
        return context.generate(new GenerationRequest(16, sampling, List.of()), event -> {}, new Cancellation())
                .text();
    }

    /** Goes on in every way there is, and compares every bit. */
    private static void assertGoesOnAlike(Context original, Context restored) {
        List<String> replies = List.of("Yes", "No, never");
        assertThat(restored.tokenCount()).isEqualTo(original.tokenCount());
        assertThat(restored.score(replies)).isEqualTo(original.score(replies));
        for (Sampling sampling : List.of(Sampling.GREEDY, new Sampling(1.2, 40, 0.98, 0, 1.1, 7))) {
            Message question = Message.user("How many days, and who mends what? ".repeat(3));
            original.append(question);
            restored.append(question);
            assertThat(generate(restored, sampling)).isEqualTo(generate(original, sampling));
            assertThat(restored.score(replies)).isEqualTo(original.score(replies));
            try (Context fork = restored.fork();
                    Context originalFork = original.fork()) {
                append(fork, List.of(Message.user("And now?")));
                append(originalFork, List.of(Message.user("And now?")));
                assertThat(generate(fork, sampling)).isEqualTo(generate(originalFork, sampling));
            }
        }
        assertThat(restored.tokenCount()).isEqualTo(original.tokenCount());
    }

    @ParameterizedTest
    @EnumSource(CacheType.class)
    void aHybridGoesOnBitForBit(CacheType cache) throws IOException {
        try (Engine engine = HybridEngine.open(folder, cache);
                Context original = engine.newContext()) {
            append(original, READING);
            SavedSnapshot saved = save(original);
            assertThat(saved.tokens()).isEqualTo(original.tokenCount());
            assertThat(saved.bytesWritten())
                    .isEqualTo(bytesOnDisk())
                    .isEqualTo(Engines.snapshotBytes(snapshots.folder()));
            RestoredContext found = restore(engine, READING);
            assertThat(found.messages()).isEqualTo(READING.size());
            assertThat(found.passedOver()).isEmpty();
            try (Context restored = found.context()) {
                assertGoesOnAlike(original, restored);
            }
        }
    }

    @Test
    void anotherEngineOfTheSameModelGoesOnBitForBit() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.BF16);
                Context original = engine.newContext()) {
            append(original, READING);
            save(original);
            try (Engine other = HybridEngine.open(folder, CacheType.BF16);
                    Context restored = restore(other, READING).context()) {
                assertGoesOnAlike(original, restored);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "INT8"})
    void aModelOfSoftmaxLayersGoesOnBitForBit(CacheType cache) {
        try (Engine engine = Engines.open(
                        TestModels.smolLm2(),
                        EngineOptions.standard().withThreads(1).withCache(cache));
                Context original = engine.newContext()) {
            Message lease = Message.user("The tenant gives notice of thirty days. ".repeat(8));
            append(original, List.of(ROLE, lease));
            save(original);
            RestoredContext found = restore(engine, List.of(ROLE, lease, SECOND));
            assertThat(found.messages()).isEqualTo(2);
            try (Context restored = found.context()) {
                assertGoesOnAlike(original, restored);
            }
        }
    }

    @Test
    void aConversationWithRepliesGoesOnWhereItWas() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F16);
                Context original = engine.newContext()) {
            append(original, List.of(ROLE, FIRST));
            generate(original, Sampling.GREEDY);
            original.append(SECOND);
            generate(original, Sampling.GREEDY);
            SavedSnapshot saved = save(original);
            try (Context restored = engine.restore(snapshots, saved.id(), (done, total) -> {}, new Cancellation())) {
                assertGoesOnAlike(original, restored);
            }
        }
    }

    @Test
    void pointsOfOneReadingShareWhatTheyHaveInCommon() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F32)) {
            long first;
            try (Context context = engine.newContext()) {
                append(context, List.of(ROLE, FIRST));
                first = save(context).bytesWritten();
                context.append(SECOND);
                save(context);
                context.append(THIRD);
                save(context);
                assertThat(save(context).bytesWritten())
                        .as("what is kept already")
                        .isZero();
            }
            assertThat(files(".checkpoint")).hasSize(3);
            assertThat(files(".segment")).hasSize(3);

            // A changed document is read again from its start; what was before it is kept once.
            RestoredContext found = restore(engine, List.of(ROLE, FIRST, SECOND, Message.user("Changed. ".repeat(30))));
            assertThat(found.messages()).isEqualTo(3);
            try (Context restored = found.context()) {
                restored.append(Message.user("Changed. ".repeat(30)));
                assertThat(save(restored).bytesWritten()).isLessThan(first);
            }
            assertThat(files(".checkpoint")).hasSize(4);
            assertThat(files(".segment")).hasSize(4);

            RestoredContext nothing = restore(engine, List.of(ROLE, SECOND));
            assertThat(nothing.messages()).isZero();
            assertThat(nothing.context().tokenCount()).isZero();
            assertThat(nothing.passedOver()).isEmpty();
        }
    }

    @Test
    void fiftyForksOfARestoredContextAnswerAsThoseOfTheOriginal() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.INT8);
                Context original = engine.newContext()) {
            append(original, READING);
            save(original);
            try (Context restored = restore(engine, READING).context()) {
                List<Context> forks = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    forks.add(restored.fork());
                }
                for (int i = 0; i < forks.size(); i++) {
                    Message question = Message.user("Question " + i);
                    try (Context fork = original.fork()) {
                        append(fork, List.of(question));
                        append(forks.get(i), List.of(question));
                        assertThat(forks.get(i).score(List.of("a", "b"))).isEqualTo(fork.score(List.of("a", "b")));
                    }
                }
                forks.forEach(Context::close);
            }
        }
    }

    @Test
    void whatAnotherModelMadeIsNotUsedAndTheReasonIsSaid() throws IOException {
        String id;
        try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                Context context = engine.newContext()) {
            append(context, READING);
            id = save(context).id();
        }
        try (Engine other = HybridEngine.open(folder, CacheType.F16)) {
            RestoredContext found = restore(other, READING);
            assertThat(found.context().tokenCount()).isZero();
            assertThat(found.passedOver())
                    .singleElement()
                    .asString()
                    .contains("another model")
                    .contains("different: the form of keys and values")
                    .doesNotContain("weights");
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> other.restore(snapshots, id, (done, total) -> {}, new Cancellation()))
                    .withMessageContaining("the form of keys and values");
            // Both are kept beside one another.
            append(found.context(), READING);
            save(found.context());
            assertThat(files(".checkpoint")).hasSize(2);
        }
    }

    @Test
    void anotherKeyIsRefused() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                Context context = engine.newContext()) {
            append(context, READING);
            String id = save(context).id();
            Snapshots wrong = new Snapshots(snapshots.folder(), SnapshotKey.random(), 1L << 30);
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> engine.restore(wrong, READING, (done, total) -> {}, new Cancellation()))
                    .withMessageContaining("another key");
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> context.save(wrong, (done, total) -> {}, new Cancellation()))
                    .withMessageContaining("another key");
            assertThat(restore(engine, READING).messages()).isEqualTo(4);
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> engine.restore(snapshots, "0-0", (done, total) -> {}, new Cancellation()))
                    .withMessageContaining("no snapshot 0-0");
            assertThat(id).isNotBlank();
        }
    }

    /** Whatever is done to the files, the longest whole snapshot is used, and saving mends the rest. */
    @Test
    void damagedFilesAreNoticedAndReplaced() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                Context context = engine.newContext()) {
            append(context, List.of(ROLE, FIRST));
            save(context);
            append(context, List.of(SECOND, THIRD));
            save(context);
            Path last = files(".segment").getLast();
            Path first = files(".segment").getFirst();

            flip(last, Files.size(last) / 2);
            assertRestoredTo(engine, 2, "damaged or was changed");
            save(context);
            assertRestoredTo(engine, 4);

            last = files(".segment").getLast();
            truncate(last, Files.size(last) - 1);
            assertRestoredTo(engine, 2, "damaged or was changed");
            save(context);

            last = files(".segment").getLast();
            Files.delete(last);
            assertRestoredTo(engine, 2);
            save(context);

            last = files(".segment").getLast();
            Path aside = folder.resolve("aside");
            Files.move(first, aside);
            Files.move(last, first);
            Files.move(aside, last);
            assertRestoredTo(engine, 0, "damaged or was changed", "damaged or was changed");
            save(context);
            assertRestoredTo(engine, 4);

            // The manifest itself: then nobody knows that there was a snapshot.
            Path checkpoint = files(".checkpoint").getLast();
            flip(checkpoint, 60);
            assertRestoredTo(engine, 0);
            save(context);
            checkpoint = files(".checkpoint").getLast();
            flip(checkpoint, Files.size(checkpoint) - 20);
            assertRestoredTo(engine, 0, "damaged or was changed");
            save(context);
            assertRestoredTo(engine, 4);
        }
    }

    private void assertRestoredTo(Engine engine, int messages, String... passedOver) {
        RestoredContext found = restore(engine, READING);
        assertThat(found.messages()).isEqualTo(messages);
        assertThat(found.passedOver()).hasSize(passedOver.length);
        for (int i = 0; i < passedOver.length; i++) {
            assertThat(found.passedOver().get(i)).contains(passedOver[i]);
        }
        found.context().close();
    }

    @Test
    void aSaveThatIsCalledOffLeavesNothingAndTheContextGoesOn() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                Context context = engine.newContext()) {
            append(context, READING);
            Cancellation cancelled = new Cancellation();
            cancelled.cancel();
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> context.save(snapshots, (done, total) -> {}, cancelled));
            assertThat(bytesOnDisk()).isZero();
            save(context);
            assertThat(restore(engine, READING).messages()).isEqualTo(4);
        }
    }

    @Test
    void theFolderIsKeptWithinItsLimit() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F32)) {
            List<Message> kept = List.of(ROLE, FIRST);
            long one;
            try (Context context = engine.newContext()) {
                append(context, kept);
                one = save(context).bytesWritten();
            }
            // The room that is asked for is a little more than what is then written.
            Snapshots small = new Snapshots(snapshots.folder(), snapshots.key(), 3 * one + (5 << 20));
            for (int i = 0; i < 8; i++) {
                try (Context context = engine.newContext()) {
                    append(context, List.of(ROLE, Message.user(i + FIRST.content())));
                    context.save(small, (done, total) -> {}, new Cancellation());
                    assertThat(bytesOnDisk()).isLessThanOrEqualTo(small.mostBytes());
                }
                engine.restore(small, kept, (done, total) -> {}, new Cancellation())
                        .context()
                        .close();
            }
            assertThat(restore(engine, kept).messages())
                    .as("what is used again and again stays")
                    .isEqualTo(2);
            Snapshots tiny = new Snapshots(snapshots.folder(), snapshots.key(), one / 2);
            try (Context context = engine.newContext()) {
                append(context, READING);
                assertThatExceptionOfType(EngineException.class)
                        .isThrownBy(() -> context.save(tiny, (done, total) -> {}, new Cancellation()))
                        .matches(e -> e.reason() == EngineException.Reason.DOES_NOT_FIT)
                        .withMessageContaining("MB");
            }
            assertThat(Engines.removeSnapshots(snapshots.folder())).isPositive();
            assertThat(bytesOnDisk()).isZero();
            assertThat(restore(engine, kept).messages()).isZero();
        }
    }

    @Test
    void noWordOfTheTextIsInTheFiles() throws IOException {
        try (Engine engine = HybridEngine.open(folder, CacheType.F32);
                Context context = engine.newContext()) {
            append(context, READING);
            save(context);
        }
        // Tokens of this model are bytes, so a text would be seen as such, or as 32-bit numbers.
        for (Path file : files("")) {
            String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(bytes).doesNotContain("tenant").doesNotContain("t\0\0\0e\0\0\0n\0\0\0");
        }
    }

    private List<Path> files(String ending) throws IOException {
        if (!Files.isDirectory(snapshots.folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(snapshots.folder())) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted(java.util.Comparator.comparing(file -> file.toFile().lastModified()))
                    .toList();
        }
    }

    private long bytesOnDisk() throws IOException {
        long bytes = 0;
        for (String ending : List.of(".segment", ".checkpoint", ".part")) {
            for (Path file : files(ending)) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            bytes.write(before ^ 1);
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(size);
        }
    }
}
