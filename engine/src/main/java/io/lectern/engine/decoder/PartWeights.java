package io.lectern.engine.decoder;

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
    static final int WIDEN_FROM_TOKENS = 64;

    private static final String MATRIX_SUFFIX = ".weight";

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

    /**
     * Packs the tensors of a part.
     *
     * @param tensors by the name that the kernels use; two dimensions make a matrix
     */
    static PartWeights of(Map<String, TensorData> tensors, TorchBackend backend, Strips strips, WidenedMatrices room) {
        Map<String, TorchValue> packed = new LinkedHashMap<>();
        Map<String, TorchValue> widened = new LinkedHashMap<>();
        List<TensorData> widenable = new ArrayList<>();
        long bytes = 0;
        long place = 0;
        for (Map.Entry<String, TensorData> entry : tensors.entrySet()) {
            String name = entry.getKey();
            TensorData tensor = entry.getValue();
            if (tensor.shape().length == 1) {
                packed.put(name, backend.tensor(tensor.readAll(), tensor.elements()));
                continue;
            }
            String stem = name.substring(0, name.length() - MATRIX_SUFFIX.length());
            PackedMatrix matrix = PackedMatrix.of(tensor, backend, strips);
            matrix.parts().forEach((suffix, part) -> packed.put(stem + "." + suffix, part));
            bytes += matrix.bytes();
            if (matrix.widenable()) {
                widened.put(name, room.view(tensor, place));
                widenable.add(tensor);
                place += tensor.elements();
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

    private static Map<String, TorchValue> withoutPackedForms(
            Map<String, TorchValue> packed, Map<String, TorchValue> widened) {
        Map<String, TorchValue> all = new LinkedHashMap<>(packed);
        all.keySet().removeIf(name -> !name.endsWith(MATRIX_SUFFIX) && !name.endsWith(".bias"));
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
