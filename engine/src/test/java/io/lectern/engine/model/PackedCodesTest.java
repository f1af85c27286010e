package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PackedCodesTest {
    private static final Path FILE = Path.of("some.safetensors");

    private static TensorData.Scales scales(int group, long[] shape, float... values) {
        MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
        MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
        return new TensorData.Scales(new TensorData("scale", shape, TensorType.F32, data, FILE, 0), group);
    }

    private static TensorData matrix(TensorType type, long[] shape, byte[] bytes, TensorData.Scales scales) {
        return new TensorData("m", shape, type, MemorySegment.ofArray(bytes), FILE, 0, Optional.of(scales));
    }

    @Test
    void nibblesBeginWithTheLowest() {
        // As Python's compressed-tensors packs the codes 0…7 and −8…−1: 0xfedcba98 and 0x76543210.
        byte[] packed = {
            (byte) 0x98, (byte) 0xba, (byte) 0xdc, (byte) 0xfe, 0x10, 0x32, 0x54, 0x76,
        };
        TensorData matrix =
                matrix(TensorType.INT4_PACKED, new long[] {2, 8}, packed, scales(4, new long[] {2, 2}, 1, 10, 0.5f, 2));
        assertThat(matrix.readRows(0, 2))
                .containsExactly(0, 1, 2, 3, 40, 50, 60, 70, -4, -3.5f, -3, -2.5f, -8, -6, -4, -2);
        assertThat(matrix.readRows(1, 1)).startsWith(-4, -3.5f);

        byte[] codes = new byte[8];
        float[] fine = new float[4];
        matrix.readCodes(0, 2, codes, fine, new float[4]);
        assertThat(codes).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(fine).containsExactly(1, 1, 10, 10);
        assertThatIllegalArgumentException().isThrownBy(() -> matrix.readCodes(0, 8, codes, fine, fine));
    }

    @Test
    void bytesAreSignedOrShiftedByHalfTheirRange() {
        TensorData.Scales rows = scales(4, new long[] {1, 1}, 0.5f);
        assertThat(matrix(TensorType.INT8, new long[] {1, 4}, new byte[] {-128, -1, 0, 127}, rows)
                        .readAll())
                .containsExactly(-64, -0.5f, 0, 63.5f);
        assertThat(matrix(TensorType.INT8_PACKED, new long[] {1, 4}, new byte[] {0, 127, -128, -1}, rows)
                        .readAll())
                .containsExactly(-64, -0.5f, 0, 63.5f);
    }

    @Test
    void scalesBelongToCodes() {
        MemorySegment data = MemorySegment.ofArray(new byte[8]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TensorData("m", new long[] {1, 8}, TensorType.INT8, data, FILE, 0));
    }
}
