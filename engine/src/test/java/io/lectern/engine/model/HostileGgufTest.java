package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file says, it is loaded or refused with a message; it never crashes, hangs or asks for memory it cannot fill. */
class HostileGgufTest {
    private static final byte[] WHOLE = TinyModels.llama().bytes();
    /** The head, in which a flipped bit can do most harm; the vocabulary takes most of it. */
    private static final int HEAD = WHOLE.length - 259 * 32 * 4;

    private static Path file;

    @BeforeContainer
    static void makeFile() throws IOException {
        file = Files.createTempFile("hostile", ".gguf");
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    private static void loadsOrIsRefused(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(file);
                ModelTokenizer tokenizer = ModelTokenizer.of(checkpoint)) {
            assertThat(checkpoint.config().layers()).isNotEmpty();
            for (String name : checkpoint.names()) {
                assertThat(checkpoint.tensor(name).readRows(0, 1)).isNotEmpty();
            }
            assertThat(tokenizer.encode("hello").length).isLessThanOrEqualTo(5);
        } catch (EngineException e) {
            assertThat(e.reason()).isEqualTo(EngineException.Reason.MODEL_UNUSABLE);
            assertThat(e.getMessage()).startsWith(file.getFileName().toString());
        }
    }

    @Property(tries = 150)
    void truncatedAnywhere(@ForAll @DoubleRange(min = 0, max = 1) double kept) throws IOException {
        loadsOrIsRefused(Arrays.copyOf(WHOLE, (int) (kept * WHOLE.length)));
    }

    @Property(tries = 600)
    void bytesChangedAnywhereInTheHead(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = Integer.MAX_VALUE) Integer> positions,
            @ForAll byte value)
            throws IOException {
        byte[] bytes = WHOLE.clone();
        for (int position : positions) {
            bytes[position % HEAD] = value;
        }
        loadsOrIsRefused(bytes);
    }

    @Property(tries = 400)
    void bitsFlippedWhereTheStructureIs(@ForAll @IntRange(min = 0, max = 1200 * 8 - 1) int bit) throws IOException {
        byte[] bytes = WHOLE.clone();
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        loadsOrIsRefused(bytes);
    }
}
