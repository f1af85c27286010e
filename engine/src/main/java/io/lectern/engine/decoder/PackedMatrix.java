package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorType;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A matrix in the form in which the products for few tokens read it fastest.
 *
 * @param parts tensors by the suffix that the kernel {@code project} looks for
 * @param rows outputs
 * @param bytes that one product reads
 * @param widenable whether a product for many tokens is faster with the matrix widened to bf16
 */
record PackedMatrix(Map<String, TorchValue> parts, long rows, long bytes, boolean widenable) {
    private static final int GROUP = 32;

    /** The 4-bit product works on so many outputs at a time. */
    private static final int INT4_ROWS = 16;

    /**
     * A matrix in the form that is asked for. As it is stored means: formats of 4 bits keep their own codes, scales and
     * offsets; floating-point numbers stay what they are, memory-mapped if they are f32 or bf16; all other formats become
     * 8-bit codes with one scale a row, the finest for which libtorch has a product.
     */
    static PackedMatrix of(TensorData matrix, WeightPrecision precision, TorchBackend backend, Strips strips) {
        return switch (precision) {
            case F32 -> floats(matrix, TensorType.F32, backend, strips);
            case BF16 -> floats(matrix, TensorType.BF16, backend, strips);
            case INT8 -> int8(matrix, backend, strips);
            case INT4 -> int4(matrix, backend, strips);
            case AS_STORED ->
                switch (matrix.type()) {
                    case F32 -> floats(matrix, TensorType.F32, backend, strips);
                    case F16, BF16 -> floats(matrix, TensorType.BF16, backend, strips);
                    case Q4_0, Q4_1, Q4_K, INT4_PACKED -> int4(matrix, backend, strips);
                    case Q5_0, Q5_1, Q8_0, Q5_K, Q6_K, INT8, INT8_PACKED -> int8(matrix, backend, strips);
                };
        };
    }

    /** A matrix in 4 bits, with its own codes if it has them, or in 8 where its size does not allow that. */
    private static PackedMatrix int4(TensorData matrix, TorchBackend backend, Strips strips) {
        if (matrix.rows() % INT4_ROWS != 0 || matrix.columns() % GROUP != 0) {
            return int8(matrix, backend, strips);
        }
        return switch (matrix.type()) {
            case Q4_0, Q4_1, Q4_K, INT4_PACKED ->
                int4(
                        matrix,
                        matrix.groupElements() % GROUP == 0 ? PackedMatrix::ownCodes : PackedMatrix::quantizeAgain,
                        backend,
                        strips);
            default -> int4(matrix, PackedMatrix::quantizeAgain, backend, strips);
        };
    }

    /** A matrix of f32 or bf16: in its file, if it lies there so, else a copy. */
    private static PackedMatrix floats(TensorData matrix, TensorType type, TorchBackend backend, Strips strips) {
        boolean f32 = type == TensorType.F32;
        int torchType = f32 ? TorchType.F32 : TorchType.BF16;
        TorchValue weight;
        if (matrix.type() == type && matrix.offset() % type.blockBytes() == 0) {
            weight = backend.call(
                    "mapped_matrix",
                    matrix.file().toString(),
                    matrix.offset() / type.blockBytes(),
                    matrix.rows(),
                    matrix.columns(),
                    torchType);
        } else {
            int rows = Math.toIntExact(matrix.rows());
            weight = backend.call("new_matrix", rows, matrix.columns(), torchType);
            MemorySegment memory = backend.memory(weight);
            strips.forEach(rows, matrix.columns(), (first, after) -> {
                if (f32) {
                    float[] numbers = matrix.readRows(first, after - first);
                    long at = (long) first * matrix.columns() * Float.BYTES;
                    MemorySegment.copy(numbers, 0, memory, ValueLayout.JAVA_FLOAT, at, numbers.length);
                } else {
                    Bfloat16.writeRows(matrix, first, after, memory, 0);
                }
            });
        }
        return new PackedMatrix(Map.of("weight", weight), matrix.rows(), matrix.elements() * type.blockBytes(), false);
    }

    /**
     * A matrix in 4 bits where it is quantised at all: formats with more bits are quantised again, in groups of 32. For
     * products that only have to say where to look closer.
     */
    static PackedMatrix coarse(TensorData matrix, TorchBackend backend, Strips strips) {
        return of(matrix, matrix.type().isQuantized() ? WeightPrecision.INT4 : WeightPrecision.BF16, backend, strips);
    }

    /**
     * Whether a matrix with the same inputs can be joined to this one: they must be packed in the same form, and 4-bit codes
     * lie in blocks of 64 outputs, which may not be broken.
     */
    boolean joins(PackedMatrix next) {
        return widenable && parts.keySet().equals(next.parts.keySet()) && rows % 64 == 0;
    }

    /** One matrix with the outputs of this and then those of another; both are used up. */
    PackedMatrix join(PackedMatrix next, TorchBackend backend) {
        Map<String, TorchValue> joined = new HashMap<>();
        parts.forEach((suffix, part) -> {
            int outputDimension = suffix.equals("scale_zero") ? 1 : 0;
            try (part;
                    TorchValue nextPart = next.parts.get(suffix)) {
                joined.put(suffix, backend.call("join", List.of(part, nextPart), outputDimension));
            }
        });
        return new PackedMatrix(joined, rows + next.rows, bytes + next.bytes, true);
    }

    /** Fills in the codes 0…15 of a row, and for each group the scale and the value of code 0. */
    @FunctionalInterface
    private interface RowCoder {
        void code(TensorData matrix, int row, byte[] codes, float[] scales, float[] lowest);
    }

    /** A row of a 4-bit format: its own codes, made unsigned. */
    private static void ownCodes(TensorData matrix, int row, byte[] codes, float[] scales, float[] lowest) {
        matrix.readCodes(row, GROUP, codes, scales, lowest);
        if (matrix.type() == TensorType.Q4_0 || matrix.type() == TensorType.INT4_PACKED) { // those with signed codes
            for (int i = 0; i < codes.length; i++) {
                codes[i] += 8;
            }
            for (int group = 0; group < scales.length; group++) {
                lowest[group] -= 8 * scales[group];
            }
        }
    }

    /** A row of any format: 16 even steps from the smallest number of each group to the largest. */
    private static void quantizeAgain(TensorData matrix, int row, byte[] codes, float[] scales, float[] lowest) {
        float[] numbers = matrix.readRows(row, 1);
        for (int group = 0; group < scales.length; group++) {
            float smallest = Float.POSITIVE_INFINITY;
            float largest = Float.NEGATIVE_INFINITY;
            for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                smallest = Math.min(smallest, numbers[i]);
                largest = Math.max(largest, numbers[i]);
            }
            scales[group] = (largest - smallest) / 15;
            lowest[group] = smallest;
            float perStep = largest > smallest ? 1 / scales[group] : 0;
            for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                codes[i] = (byte) ((numbers[i] - smallest) * perStep + 0.5f);
            }
        }
    }

    /** The kernel's value is (code − 8) · scale + zero, with scale and zero in bf16 for each group of 32 inputs. */
    private static PackedMatrix int4(TensorData matrix, RowCoder coder, TorchBackend backend, Strips strips) {
        int rows = Math.toIntExact(matrix.rows());
        int columns = matrix.columns();
        int groups = columns / GROUP;
        float[] scaleAndZero = new float[groups * rows * 2];
        try (TorchValue codes = backend.call("new_matrix", rows, columns, TorchType.U8)) {
            MemorySegment memory = backend.memory(codes);
            strips.forEach(rows, columns, (first, after) -> {
                byte[] rowCodes = new byte[columns];
                float[] scales = new float[groups];
                float[] lowest = new float[groups];
                for (int row = first; row < after; row++) {
                    coder.code(matrix, row, rowCodes, scales, lowest);
                    MemorySegment.copy(rowCodes, 0, memory, ValueLayout.JAVA_BYTE, (long) row * columns, columns);
                    for (int group = 0; group < groups; group++) {
                        int at = 2 * (group * rows + row);
                        scaleAndZero[at] = scales[group];
                        scaleAndZero[at + 1] = lowest[group] + 8 * scales[group];
                    }
                }
            });
            try (TorchValue numbers = backend.tensor(scaleAndZero, groups, rows, 2)) {
                Map<String, TorchValue> parts = Map.of(
                        "int4", backend.call("pack_int4", codes), "scale_zero", backend.call("to_bf16", numbers));
                return new PackedMatrix(parts, rows, matrix.elements() / 2 + 4L * groups * rows, true);
            }
        }
    }

    private static PackedMatrix int8(TensorData matrix, TorchBackend backend, Strips strips) {
        int rows = Math.toIntExact(matrix.rows());
        int columns = matrix.columns();
        float[] scales = new float[rows];
        TorchValue codes = backend.call("new_matrix", rows, columns, TorchType.I8);
        MemorySegment memory = backend.memory(codes);
        strips.forEach(rows, columns, (first, after) -> {
            byte[] rowCodes = new byte[columns];
            for (int row = first; row < after; row++) {
                float[] numbers = matrix.readRows(row, 1);
                float largest = 0;
                for (float number : numbers) {
                    largest = Math.max(largest, Math.abs(number));
                }
                // The kernel's scale is bf16: codes are taken for the scale as it will be.
                scales[row] = Bfloat16.widen(Bfloat16.round(largest / 127));
                float perScale = largest == 0 ? 0 : 1 / scales[row];
                for (int i = 0; i < columns; i++) {
                    rowCodes[i] = (byte) Math.clamp(Math.round(numbers[i] * perScale), -127, 127);
                }
                MemorySegment.copy(rowCodes, 0, memory, ValueLayout.JAVA_BYTE, (long) row * columns, columns);
            }
        });
        try (TorchValue numbers = backend.tensor(scales, rows)) {
            Map<String, TorchValue> parts = Map.of("int8", codes, "scale", backend.call("to_bf16", numbers));
            return new PackedMatrix(parts, rows, matrix.elements() + 2L * rows, true);
        }
    }
}
