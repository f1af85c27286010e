package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of one part of a layer (its mixer or its feed-forward) as the dictionary that kernels take, in two forms:
 * packed for few tokens, and with the matrices widened to bf16 for many.
 */
final class PartWeights implements AutoCloseable {
    /** From so many tokens on, widening the matrices pays. */
    static final int WIDEN_FROM_TOKENS = 128;

    private static final String MATRIX_SUFFIX = ".weight";
    private static final String BIAS_SUFFIX = ".bias";

    private final TorchValue packed;
    private final long packedBytes;
    private final WidenedMatrices room;
    private final List<TensorData> widenable;
    private final TorchValue widened;

    private PartWeights(
            TorchValue packed, long packedBytes, WidenedMatrices room, List<TensorData> widenable, TorchValue widened) {
        this.packed = packed;
        this.packedBytes = packedBytes;
        this.room = room;
        this.widenable = widenable;
        this.widened = widened;
    }

    /** A matrix, or neighbours joined to one, under the name of the first. */
    private record Joined(String stem, PackedMatrix packed, List<TensorData> matrices) {}

    /**
     * Packs the tensors of a part.
     *
     * @param tensors by the name that the kernels use; two dimensions make a matrix
     * @param sameInput names of matrices, in the order of {@code tensors}, that are multiplied with the same vectors:
     *     neighbours of the same form become one matrix, and all their biases one vector, as the kernel
     *     {@code project_each} expects
     * @param precision in what form the matrices are multiplied
     */
    static PartWeights of(
            Map<String, TensorData> tensors,
            List<String> sameInput,
            WeightPrecision precision,
            TorchBackend backend,
            Strips strips,
            WidenedMatrices room) {
        Map<String, TorchValue> packed = new LinkedHashMap<>();
        List<TorchValue> biases = new ArrayList<>();
        List<Joined> joined = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            if (tensor.shape().length == 1) {
                TorchValue vector = backend.tensor(tensor.readAll(), tensor.elements());
                if (name.endsWith(BIAS_SUFFIX) && sameInput.contains(stem(name, BIAS_SUFFIX) + MATRIX_SUFFIX)) {
                    biases.add(vector);
                } else {
                    packed.put(name, vector);
                }
                return;
            }
            PackedMatrix matrix = PackedMatrix.of(tensor, precision, backend, strips);
            Joined last = joined.isEmpty() ? null : joined.getLast();
            if (last != null
                    && sameInput.contains(name)
                    && sameInput.contains(last.stem() + MATRIX_SUFFIX)
                    && last.packed().joins(matrix)) {
                List<TensorData> matrices = new ArrayList<>(last.matrices());
                matrices.add(tensor);
                joined.removeLast();
                joined.add(new Joined(last.stem(), last.packed().join(matrix, backend), matrices));
            } else {
                joined.add(new Joined(stem(name, MATRIX_SUFFIX), matrix, List.of(tensor)));
            }
        });
        if (!biases.isEmpty()) {
            packed.put(stem(sameInput.getFirst(), MATRIX_SUFFIX) + BIAS_SUFFIX, backend.call("join", biases, 0));
            biases.forEach(TorchValue::close);
        }

        Map<String, TorchValue> widened = new LinkedHashMap<>();
        List<TensorData> widenable = new ArrayList<>();
        long bytes = 0;
        long place = 0;
        for (Joined each : joined) {
            PackedMatrix matrix = each.packed();
            matrix.parts().forEach((suffix, part) -> packed.put(each.stem() + "." + suffix, part));
            bytes += matrix.bytes();
            if (matrix.widenable()) {
                int columns = each.matrices().getFirst().columns();
                widened.put(each.stem() + MATRIX_SUFFIX, room.view(place, matrix.rows(), columns));
                widenable.addAll(each.matrices());
                place += matrix.rows() * columns;
            }
        }
        PartWeights weights = new PartWeights(
                backend.dictionary(packed),
                bytes,
                room,
                widenable,
                backend.dictionary(withoutPackedForms(packed, widened)));
        packed.values().forEach(TorchValue::close);
        widened.values().forEach(TorchValue::close);
        return weights;
    }

    private static String stem(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }

    private static Map<String, TorchValue> withoutPackedForms(
            Map<String, TorchValue> packed, Map<String, TorchValue> widened) {
        Map<String, TorchValue> all = new LinkedHashMap<>(packed);
        all.keySet().removeIf(name -> !name.endsWith(MATRIX_SUFFIX) && !name.endsWith(BIAS_SUFFIX));
        all.putAll(widened);
        return all;
    }

    /** The dictionary for a chunk; valid until the next call for any part that shares the room. */
    TorchValue forTokens(int tokens) {
        if (tokens < WIDEN_FROM_TOKENS) {
            return packed;
        }
        room.write(widenable);
        return widened;
    }

    /** Bytes of matrices that are read for one token. */
    long packedBytes() {
        return packedBytes;
    }

    @Override
    public void close() {
        packed.close();
        widened.close();
    }
}
