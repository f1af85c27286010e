package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GgmlBlocksTest {
    private static final int ELEMENTS = 1024;

    static Stream<TensorType> allButFloats() {
        return TensorType.ofGguf().stream().filter(type -> type != TensorType.F32);
    }

    @ParameterizedTest
    @MethodSource("allButFloats")
    void numbersEqualTheReferenceExactly(TensorType type) {
        byte[] golden = Goldens.resource("ggml-blocks/" + type + ".bin");
        int size = (int) type.bytes(ELEMENTS);
        float[] expected = new float[ELEMENTS];
        ByteBuffer.wrap(golden, size, 4 * ELEMENTS)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(expected);
        MemorySegment data = MemorySegment.ofArray(Arrays.copyOf(golden, size));

        float[] whole = new float[ELEMENTS];
        GgmlBlocks.dequantize(type, data, 0, whole, 0, ELEMENTS);
        assertThat(whole).usingComparatorWithPrecision(0f).containsExactly(expected);

        float[] part = new float[258];
        GgmlBlocks.dequantize(type, data, 512, part, 1, 256);
        assertThat(Arrays.copyOfRange(part, 1, 257))
                .usingComparatorWithPrecision(0f)
                .containsExactly(Arrays.copyOfRange(expected, 512, 768));
        assertThat(part[0]).isZero();
        assertThat(part[257]).isZero();
    }

    @Test
    void floatsAreCopied() {
        float[] numbers = {1.5f, -2f, Float.MIN_VALUE, 3e38f};
        MemorySegment data = MemorySegment.ofArray(new byte[16]);
        MemorySegment.copy(numbers, 0, data, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, 4);
        float[] read = new float[3];
        GgmlBlocks.dequantize(TensorType.F32, data, 1, read, 0, 3);
        assertThat(read).containsExactly(-2f, Float.MIN_VALUE, 3e38f);
    }

    @Test
    void moreThanOneStripIsRead() {
        byte[] block = Arrays.copyOf(Goldens.resource("ggml-blocks/Q6_K.bin"), TensorType.Q6_K.blockBytes());
        int blocks = 40;
        byte[] many = new byte[blocks * block.length];
        for (int i = 0; i < blocks; i++) {
            System.arraycopy(block, 0, many, i * block.length, block.length);
        }
        float[] one = new float[256];
        GgmlBlocks.dequantize(TensorType.Q6_K, MemorySegment.ofArray(block), 0, one, 0, 256);
        float[] all = new float[256 * blocks];
        GgmlBlocks.dequantize(TensorType.Q6_K, MemorySegment.ofArray(many), 0, all, 0, all.length);
        for (int i = 0; i < blocks; i++) {
            assertThat(Arrays.copyOfRange(all, 256 * i, 256 * (i + 1))).containsExactly(one);
        }
    }

    @Test
    void partsOfBlocksAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GgmlBlocks.dequantize(
                        TensorType.Q4_K, MemorySegment.ofArray(new byte[144]), 0, new float[256], 0, 128))
                .withMessageContaining("whole blocks");
    }
}
