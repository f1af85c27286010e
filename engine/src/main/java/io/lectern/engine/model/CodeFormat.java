package io.lectern.engine.model;

import io.lectern.engine.EngineException;
import java.nio.ByteBuffer;

/**
 * How matrices are turned into codes of few bits, as compressed-tensors does in its format "pack-quantized": for each group
 * of consecutive elements of a row, scale = largest magnitude / ((2^bits − 1) / 2), code = element / scale, rounded, within
 * −2^(bits−1) … 2^(bits−1) − 1; value = scale · code.
 *
 * @param bits of a code: 4 or 8
 * @param group elements that share a scale; 0 for all of a row
 */
public record CodeFormat(int bits, int group) {
    public CodeFormat {
        if (bits != 4 && bits != 8 || group < 0) {
            throw new IllegalArgumentException("no codes of " + bits + " bits in groups of " + group);
        }
    }

    /** How the codes are stored. */
    TensorType type() {
        return bits == 4 ? TensorType.INT4_PACKED : TensorType.INT8_PACKED;
    }

    /**
     * Elements of a row that share a scale.
     *
     * @throws EngineException with FAILED if a row is not whole groups, or not whole integers of codes
     */
    int groupOf(String tensor, long columns) {
        long elements = group == 0 ? columns : group;
        if (columns % elements != 0 || columns % type().blockElements() != 0) {
            throw new EngineException(
                    EngineException.Reason.MODEL_UNUSABLE,
                    "the rows of " + tensor + " have " + columns + " elements, which are not whole groups of "
                            + elements + " and whole numbers of " + type().blockElements() + "; choose another group");
        }
        return Math.toIntExact(elements);
    }

    /**
     * Turns a row into codes.
     *
     * @param numbers all of them finite
     * @param at where the row begins in {@code numbers}
     * @param columns length of the row, whole groups
     * @param groupElements elements that share a scale
     * @param scaleType of which the scales will be stored, rounded up, so that no value is off by more than half a step
     * @param codes where the packed codes are put
     * @param scales where the scales are put
     */
    void encode(
            float[] numbers,
            int at,
            int columns,
            int groupElements,
            TensorType scaleType,
            ByteBuffer codes,
            ByteBuffer scales) {
        int lowest = -(1 << bits - 1);
        int half = 0;
        for (int first = at; first < at + columns; first += groupElements) {
            float largest = 0;
            for (int i = first; i < first + groupElements; i++) {
                largest = Math.max(largest, Math.abs(numbers[i]));
            }
            float exact = largest / ((1 << bits) - 1) * 2;
            float scale = largest == 0 ? 1 : FloatFormats.atLeast(exact, scaleType);
            FloatFormats.put(scale, scaleType, scales);
            for (int i = first; i < first + groupElements; i++) {
                int code = Math.clamp(Math.round(numbers[i] / scale), lowest, -lowest - 1) - lowest;
                if (bits == 8) {
                    codes.put((byte) code);
                } else if ((i - at) % 2 == 0) {
                    half = code;
                } else {
                    codes.put((byte) (half | code << 4));
                }
            }
        }
    }
}
