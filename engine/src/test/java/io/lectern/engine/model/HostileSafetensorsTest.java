package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lectern.engine.EngineException;
import io.lectern.engine.model.SafetensorsFile.NumberType;
import io.lectern.engine.model.SafetensorsFile.Stored;
import io.lectern.engine.model.SafetensorsWriter.Planned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file says, it is read or refused with a message; it never crashes, hangs or asks for memory it cannot fill. */
class HostileSafetensorsTest {
    private static Path file;
    private static byte[] whole;

    @BeforeContainer
    static void makeFile() throws IOException {
        file = Files.createTempFile("hostile", ".safetensors");
        Files.delete(file);
        List<Planned> tensors = List.of(
                new Planned("a", NumberType.F32, List.of(3L, 5L)),
                new Planned("b", NumberType.BF16, List.of(7L)),
                new Planned("c", NumberType.I64, List.of(2L)));
        try (SafetensorsWriter writer = new SafetensorsWriter(file, tensors)) {
            for (Planned tensor : tensors) {
                writer.write(tensor.name(), 0, ByteBuffer.allocate((int) tensor.bytes()));
            }
            writer.finish();
        }
        whole = Files.readAllBytes(file);
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    private static void readOrRefused(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            for (Stored tensor : read.tensors().values()) {
                assertThat(tensor.elements()).isPositive();
                assertThat(tensor.data().byteSize())
                        .isEqualTo(tensor.elements() * tensor.type().bytes());
                assertThat(tensor.offset() + tensor.data().byteSize()).isLessThanOrEqualTo(bytes.length);
            }
        } catch (EngineException e) {
            assertThat(e.reason()).isEqualTo(EngineException.Reason.MODEL_UNUSABLE);
            assertThat(e.getMessage()).startsWith(file.getFileName().toString());
        }
    }

    @Property(tries = 100)
    void truncatedAnywhere(@ForAll @DoubleRange(min = 0, max = 1) double kept) throws IOException {
        readOrRefused(Arrays.copyOf(whole, (int) (kept * whole.length)));
    }

    @Property(tries = 1000)
    void bytesChangedInTheHead(@ForAll @IntRange(min = 0, max = 260) int position, @ForAll byte value)
            throws IOException {
        byte[] bytes = whole.clone();
        bytes[position % whole.length] = value;
        readOrRefused(bytes);
    }

    private static void refused(String head, String saying) throws IOException {
        byte[] json = head.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(json.length).put(json).array());
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> SafetensorsFile.open(file).close())
                .withMessageContaining(saying);
    }

    @Example
    void whatHeadsClaimIsChecked() throws IOException {
        String tensor = "'%s': {'dtype': 'F32', 'shape': [%s], 'data_offsets': [%s]}";
        refused(
                "{" + tensor.formatted("a", "4", "0, 16") + ", " + tensor.formatted("b", "4", "0, 16") + "}",
                "overlaps");
        refused("{" + tensor.formatted("a", "2", "0, 8") + "}", "8 bytes behind its last tensor");
        refused("{" + tensor.formatted("a", "2", "8, 16") + "}", "does not follow");
        refused("{" + tensor.formatted("a", "4", "0, 15") + "}", "of the shape [4] take 16");
        refused("{" + tensor.formatted("a", "4", "16, 0") + "}", "impossible place");
        refused("{" + tensor.formatted("a", "4", "-16, 0") + "}", "in its shape or place");
        refused("{" + tensor.formatted("a", "0", "0, 0") + "}", "dimension of 0");
        refused("{" + tensor.formatted("a", "4611686018427387904, 4", "0, 16") + "}", "larger than any file");
        refused("{" + tensor.formatted("a", "4", "0, 16").replace("F32", "Q4") + "}", "\"Q4\"");
        refused("{" + tensor.formatted("a", "1e1", "0, 16") + "}", "in its shape or place");
        refused(
                "{" + tensor.formatted("a", "4", "0, 16") + ", " + tensor.formatted("a", "4", "0, 16") + "}",
                "Duplicate");
        refused("{'a': 3}", "stores tensor a as");
        refused("{'a': {'dtype': 'F32'}}", "no shape");
        refused("{" + "'a':{".repeat(2000), "JSON");
    }

    @Example
    void anEndlessHeadIsNotRead() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(Long.MAX_VALUE).put((byte) '{').array());
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> SafetensorsFile.open(file).close())
                .withMessageContaining("is incomplete");
    }
}
