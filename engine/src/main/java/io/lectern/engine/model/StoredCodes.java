package io.lectern.engine.model;

import io.lectern.engine.EngineException;
import io.lectern.engine.model.SafetensorsFile.NumberType;
import io.lectern.engine.model.SafetensorsFile.Stored;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds matrices that a folder stores as codes in the ways of compressed-tensors. Packed: NAME_packed, 32-bit integers {rows,
 * columns × bits / 32}; NAME_scale {rows, groups}; NAME_shape {rows, columns} as numbers. Not packed: NAME, signed bytes
 * {rows, columns}; NAME_scale {rows, groups}.
 */
final class StoredCodes {
    private StoredCodes() {}

    /**
     * The matrix with this name, if it is stored as codes; the tensors that it is made of are taken from {@code left}.
     *
     * @param shape that it should have
     * @throws EngineException with MODEL_UNUSABLE if something of it is missing or does not fit the rest
     */
    static Optional<TensorData> take(String canonical, String name, long[] shape, Map<String, Stored> left) {
        Stored packed = left.remove(name + MiniMaxNames.PACKED);
        if (packed != null) {
            Stored scale = part(name + MiniMaxNames.SCALE, packed, left);
            Stored size = part(name + MiniMaxNames.SHAPE, packed, left);
            TensorType type = packedType(packed, shape);
            if (!Arrays.equals(size.readIntegers(), shape)) {
                throw Unusable.file(
                        size.file(),
                        "says that the matrix " + name + " has the shape " + Arrays.toString(size.readIntegers())
                                + "; config.json asks for " + Arrays.toString(shape));
            }
            return Optional.of(matrix(canonical, name, shape, type, packed, scale));
        }
        Stored bytes = left.get(name);
        if (bytes == null || bytes.type() != NumberType.I8) {
            return Optional.empty();
        }
        left.remove(name);
        Stored scale = part(name + MiniMaxNames.SCALE, bytes, left);
        return Optional.of(matrix(canonical, name, bytes.dimensions(), TensorType.INT8, bytes, scale));
    }

    private static TensorType packedType(Stored packed, long[] shape) {
        if (packed.type() == NumberType.I32
                && packed.shape().size() == 2
                && packed.shape().getFirst() == shape[0]
                && shape[1] % 8 == 0) {
            if (packed.shape().getLast() == shape[1] / 8) {
                return TensorType.INT4_PACKED;
            }
            if (packed.shape().getLast() == shape[1] / 4) {
                return TensorType.INT8_PACKED;
            }
        }
        throw Unusable.file(
                packed.file(),
                "has the codes " + packed.name() + " as " + packed.type() + " in the shape " + packed.shape()
                        + "; this engine reads 4 or 8 bits in rows of whole integers, of " + Arrays.toString(shape));
    }

    private static TensorData matrix(
            String canonical, String name, long[] shape, TensorType type, Stored codes, Stored scale) {
        List<Long> groups = scale.shape();
        // One scale for a row may be a list of rows rather than a matrix of one column.
        long perRow = groups.size() == 2 ? groups.get(1) : groups.size() == 1 ? 1 : 0;
        if (shape.length != 2 || perRow == 0 || groups.getFirst() != shape[0] || shape[1] % perRow != 0) {
            throw Unusable.file(
                    scale.file(),
                    "has the scales " + scale.name() + " in the shape " + groups + ", which does not fit "
                            + Arrays.toString(shape));
        }
        TensorData values = scale.asWeights(canonical + MiniMaxNames.SCALE);
        TensorData byRow = new TensorData(
                values.name(),
                new long[] {shape[0], perRow},
                values.type(),
                values.data(),
                values.file(),
                values.offset());
        return new TensorData(
                canonical,
                shape,
                type,
                codes.data(),
                codes.file(),
                codes.offset(),
                Optional.of(new TensorData.Scales(byRow, Math.toIntExact(shape[1] / perRow))));
    }

    private static Stored part(String name, Stored matrix, Map<String, Stored> left) {
        Stored part = left.remove(name);
        if (part == null) {
            throw Unusable.file(
                    matrix.file(), "lacks the tensor " + name + ", without which " + matrix.name() + " says nothing");
        }
        return part;
    }

    /** How a tensor is stored, for people: such as "BF16" or "INT4 in groups of 128". */
    static String describe(TensorData tensor) {
        String type = switch (tensor.type()) {
            case INT4_PACKED -> "INT4";
            case INT8_PACKED, INT8 -> "INT8";
            default -> tensor.type().name();
        };
        return tensor.scales()
                .map(scales -> type
                        + (scales.group() == tensor.columns()
                                ? " with a scale a row"
                                : " in groups of " + scales.group()))
                .orElse(type);
    }
}
