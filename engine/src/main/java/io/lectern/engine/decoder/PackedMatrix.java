package io.lectern.engine.decoder;

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
 * A matrix in the form in which the products for few tokens read it.
 *
 * @param parts tensors by the suffix that the kernel {@code product} looks for
 */
record PackedMatrix(Map<String, TorchValue> parts) {
    private static final int GROUP = MatrixForm.GROUP;

    /** Brings a matrix into a form: f32 and bf16 stay in the file if they lie there so; everything else is a copy. */
    static PackedMatrix of(TensorData matrix, MatrixForm form, TorchBackend backend, Strips strips) {
        return switch (form) {
            case F32, BF16 -> form.isMapped(matrix) ? mapped(matrix, backend) : copied(matrix, form, backend, strips);
            case INT8 -> int8(matrix, backend, strips);
            case INT4 ->
                switch (matrix.type()) {
                    case Q4_0, Q4_1, Q4_K -> int4(matrix, PackedMatrix::ownCodes, backend, strips);
                    case INT4_PACKED ->
                        int4(
                                matrix,
                                matrix.groupElements() % GROUP == 0
                                        ? PackedMatrix::ownCodes
                                        : PackedMatrix::quantizeAgain,
                                backend,
                                strips);
                    default -> int4(matrix, PackedMatrix::quantizeAgain, backend, strips);
                };
        };
    }

    /** A matrix of f32 or bf16 with the numbers as they lie in memory now. */
    TensorData inMemory(TensorData matrix, MatrixForm form, TorchBackend backend) {
        TensorType type = form == MatrixForm.F32 ? TensorType.F32 : TensorType.BF16;
        return new TensorData(
                matrix.name(),
                matrix.shape(),
                type,
                backend.memory(parts.get("weight")),
                matrix.file(),
                matrix.offset());
    }

    private static PackedMatrix mapped(TensorData matrix, TorchBackend backend) {
        TorchValue weight = backend.call(
                "mapped_matrix",
                matrix.file().toString(),
                matrix.offset() / matrix.type().blockBytes(),
                matrix.rows(),
                matrix.columns(),
                matrix.type() == TensorType.F32 ? TorchType.F32 : TorchType.BF16);
        return new PackedMatrix(Map.of("weight", weight));
    }

    private static PackedMatrix copied(TensorData matrix, MatrixForm form, TorchBackend backend, Strips strips) {
        boolean f32 = form == MatrixForm.F32;
        int rows = Math.toIntExact(matrix.rows());
        TorchValue weight = backend.call("new_matrix", rows, matrix.columns(), f32 ? TorchType.F32 : TorchType.BF16);
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
        if (matrix.data().isMapped()) {
            matrix.data().unload(); // what the copy was made of is not needed again
        }
        return new PackedMatrix(Map.of("weight", weight));
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
        return new PackedMatrix(joined);
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
                return new PackedMatrix(parts);
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
            return new PackedMatrix(parts);
        }
    }
}
