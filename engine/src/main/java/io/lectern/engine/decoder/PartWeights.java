package io.lectern.engine.decoder;

import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The weights of one part of a layer (its mixer or its feed-forward) as the dictionary that kernels take, in two forms:
 * packed for few tokens, and with the matrices widened to bf16 for many. Each form is made when it is first needed, and can be
 * let go of when memory is short.
 */
final class PartWeights implements AutoCloseable {
    /** From so many tokens on, widening the matrices pays. */
    static final int WIDEN_FROM_TOKENS = 128;

    private static final String MATRIX_SUFFIX = ".weight";
    private static final String BIAS_SUFFIX = ".bias";

    /** A matrix, or neighbours joined to one, under the name of the first. */
    private static final class Joined {
        final String stem;
        final MatrixForm form;
        final List<TensorData> matrices = new ArrayList<>();
        PackedMatrix packed;

        Joined(String stem, MatrixForm form) {
            this.stem = stem;
            this.form = form;
        }

        long rows() {
            return matrices.stream().mapToLong(TensorData::rows).sum();
        }
    }

    private final TorchBackend backend;
    private final Strips strips;
    private final WidenedMatrices room;
    private final List<Joined> joined = new ArrayList<>();
    /** Tensors of one dimension: norms, and the biases of matrices with the same input as one. */
    private final Map<String, TorchValue> vectors = new LinkedHashMap<>();

    private TorchValue packed;
    private TorchValue widened;

    private PartWeights(TorchBackend backend, Strips strips, WidenedMatrices room) {
        this.backend = backend;
        this.strips = strips;
        this.room = room;
    }

    /**
     * The tensors of a part. Nothing is packed yet.
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
        PartWeights weights = new PartWeights(backend, strips, room);
        List<TorchValue> biases = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            if (tensor.shape().length > 1) {
                weights.add(name, tensor, sameInput, precision);
                return;
            }
            TorchValue vector = backend.tensor(tensor.readAll(), tensor.elements());
            if (name.endsWith(BIAS_SUFFIX) && sameInput.contains(stem(name, BIAS_SUFFIX) + MATRIX_SUFFIX)) {
                biases.add(vector);
            } else {
                weights.vectors.put(name, vector);
            }
        });
        if (!biases.isEmpty()) {
            String name = stem(sameInput.getFirst(), MATRIX_SUFFIX) + BIAS_SUFFIX;
            weights.vectors.put(name, backend.call("join", biases, 0));
            biases.forEach(TorchValue::close);
        }
        return weights;
    }

    private void add(String name, TensorData matrix, List<String> sameInput, WeightPrecision precision) {
        MatrixForm form = MatrixForm.of(matrix, precision);
        Joined last = joined.isEmpty() ? null : joined.getLast();
        boolean joins = last != null
                && sameInput.contains(name)
                && sameInput.contains(last.stem + MATRIX_SUFFIX)
                && last.form.joins(last.rows(), form);
        if (!joins) {
            last = new Joined(stem(name, MATRIX_SUFFIX), form);
            joined.add(last);
        }
        last.matrices.add(matrix);
    }

    private static String stem(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }

    /** The dictionary for a chunk; valid until the next call for any part that shares the room. */
    TorchValue forTokens(int tokens) {
        if (tokens < WIDEN_FROM_TOKENS) {
            return packed();
        }
        List<TensorData> widenable = joined.stream()
                .filter(each -> each.form.isWidenedForMany())
                .flatMap(each -> each.matrices.stream())
                .toList();
        if (widenable.isEmpty()) {
            return packed();
        }
        room.write(widenable);
        if (widened == null) {
            widened = dictionary(true);
        }
        return widened;
    }

    /** The dictionary for few tokens; packs the matrices if that was not done. */
    TorchValue packed() {
        if (packed == null) {
            packed = dictionary(false);
        }
        return packed;
    }

    private TorchValue dictionary(boolean widen) {
        Map<String, TorchValue> all = new LinkedHashMap<>(vectors);
        List<TorchValue> views = new ArrayList<>();
        long place = 0;
        for (Joined each : joined) {
            if (widen && each.form.isWidenedForMany()) {
                int columns = each.matrices.getFirst().columns();
                TorchValue view = room.view(place, each.rows(), columns);
                views.add(view);
                all.put(each.stem + MATRIX_SUFFIX, view);
                place += each.rows() * columns;
            } else {
                pack(each).parts().forEach((suffix, part) -> all.put(each.stem + "." + suffix, part));
            }
        }
        TorchValue dictionary = backend.dictionary(all);
        views.forEach(TorchValue::close);
        return dictionary;
    }

    private PackedMatrix pack(Joined each) {
        if (each.packed == null) {
            for (TensorData matrix : each.matrices) {
                PackedMatrix next = PackedMatrix.of(matrix, each.form, backend, strips);
                each.packed = each.packed == null ? next : each.packed.join(next, backend);
            }
        }
        return each.packed;
    }

    /** Bytes of matrices that are read for one token. */
    long packedBytes() {
        return joined.stream()
                .flatMapToLong(each -> each.matrices.stream().mapToLong(each.form::bytes))
                .sum();
    }

    /** Bytes of the packed form that are not those of a mapped file. */
    long copiedBytes() {
        return joined.stream()
                .flatMapToLong(each -> each.matrices.stream()
                        .filter(matrix -> !each.form.isMapped(matrix))
                        .mapToLong(each.form::bytes))
                .sum();
    }

    /** The matrices of floating-point numbers as they lie in memory, by name; to be called when they are packed. */
    Map<String, TensorData> inMemory() {
        Map<String, TensorData> tensors = new HashMap<>();
        for (Joined each : joined) {
            if (!each.form.isWidenedForMany()) {
                TensorData matrix = each.matrices.getFirst(); // only codes are joined
                tensors.put(matrix.name(), each.packed.inMemory(matrix, each.form, backend));
            }
        }
        return tensors;
    }

    /** Has the system bring the matrices from their files to memory, beside other work. */
    void fetch() {
        matrices().forEach(MemorySegment::load);
    }

    /** Lets go of what was made of the matrices, and of the file's pages; it comes back when it is needed. */
    void evict() {
        if (packed != null) {
            packed.close();
            packed = null;
        }
        if (widened != null) {
            widened.close();
            widened = null;
        }
        for (Joined each : joined) {
            if (each.packed != null) {
                each.packed.parts().values().forEach(TorchValue::close);
                each.packed = null;
            }
        }
        matrices().forEach(MemorySegment::unload);
    }

    private Stream<MemorySegment> matrices() {
        return joined.stream()
                .flatMap(each -> each.matrices.stream())
                .map(TensorData::data)
                .filter(MemorySegment::isMapped);
    }

    @Override
    public void close() {
        evict();
        vectors.values().forEach(TorchValue::close);
    }
}
