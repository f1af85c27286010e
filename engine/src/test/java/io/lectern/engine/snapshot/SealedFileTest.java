package io.lectern.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lectern.engine.SnapshotKey;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Encrypted files: what was written comes back, and nothing else is ever taken for it. */
class SealedFileTest {
    private static final SnapshotKey KEY = SnapshotKey.random();
    private static Path folder;

    @BeforeContainer
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("sealed");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Path write(byte[] bytes, int piece, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        try (SealedOutput output = new SealedOutput(file, name, new Secrets(KEY))) {
            for (int first = 0; first < bytes.length; first += piece) {
                output.write(MemorySegment.ofArray(bytes).asSlice(first, Math.min(piece, bytes.length - first)));
            }
            assertThat(output.finish()).isEqualTo(Files.size(file));
        }
        return file;
    }

    private static byte[] read(Path file, int length, SnapshotKey key) throws IOException {
        byte[] bytes = new byte[length];
        try (SealedInput input = new SealedInput(file, new Secrets(key))) {
            input.read(MemorySegment.ofArray(bytes));
            input.requireEnd();
        }
        return bytes;
    }

    @Property(tries = 40)
    void whatIsWrittenComesBack(
            @ForAll long seed,
            @ForAll @IntRange(max = 3) int frames,
            @ForAll @IntRange(min = -2, max = 2) int more,
            @ForAll @IntRange(min = 500, max = 200_000) int piece)
            throws IOException {
        byte[] bytes = random(seed, Math.max(0, frames * SealedFrames.FRAME + more));
        Path file = write(bytes, piece, "whole");
        assertThat(Arrays.equals(read(file, bytes.length, KEY), bytes)).isTrue();
        assertDamaged(file, bytes.length + 1);
        if (bytes.length > 0) {
            assertDamaged(file, bytes.length - 1);
        }
    }

    @Property(tries = 40)
    void whatIsAlteredAnywhereIsNoticed(@ForAll long seed, @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        byte[] bytes = random(seed, SealedFrames.FRAME + 1000);
        Path file = write(bytes, bytes.length, "altered");
        byte[] sealed = Files.readAllBytes(file);
        // Where frames begin and end is looked at more often than chance would.
        int at = new Random(seed).nextInt(4) == 0
                ? new Random(seed).nextInt(SealedFrames.HEADER + 8)
                : new Random(seed + 1).nextInt(sealed.length);
        sealed[at] ^= (byte) change;
        Files.write(file, sealed);
        assertDamaged(file, bytes.length);
    }

    @Property(tries = 60)
    void whatIsCutShortIsNoticed(@ForAll long seed) throws IOException {
        byte[] bytes = random(seed, 2 * SealedFrames.FRAME + 5);
        Path file = write(bytes, bytes.length, "cut");
        byte[] sealed = Files.readAllBytes(file);
        int frame = Integer.BYTES + SealedFrames.FRAME + SealedFrames.TAG;
        int kept = new Random(seed).nextBoolean()
                ? SealedFrames.HEADER + frame * new Random(seed).nextInt(3)
                : new Random(seed).nextInt(sealed.length);
        Files.write(file, Arrays.copyOf(sealed, kept));
        // Also a reader that wants no more than what is left must notice.
        assertDamaged(file, bytes.length);
        assertDamaged(file, Math.min(bytes.length, (kept - SealedFrames.HEADER) / frame * SealedFrames.FRAME));
    }

    @Property(tries = 10)
    void anotherKeyAndAnotherNameAreNoticed(@ForAll long seed) throws IOException {
        byte[] bytes = random(seed, 100);
        Path file = write(bytes, 7, "mine");
        try (SnapshotKey other = SnapshotKey.random()) {
            assertThatExceptionOfType(DamagedSnapshotException.class).isThrownBy(() -> read(file, bytes.length, other));
        }
        Path renamed = folder.resolve("yours");
        Files.copy(file, renamed, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertDamaged(renamed, bytes.length);
    }

    private static void assertDamaged(Path file, int length) {
        assertThatExceptionOfType(DamagedSnapshotException.class)
                .isThrownBy(() -> read(file, length, KEY))
                .withMessageContaining(file.getFileName().toString());
    }
}
