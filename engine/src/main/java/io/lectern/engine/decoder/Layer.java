package io.lectern.engine.decoder;

import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ExpectedTensors;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One layer of the decoder with its weights: what {@link LayerSpec} describes, ready to run. */
record Layer(Mixer mixer, FeedForward feedForward) {

    /**
     * Packs the weights of a layer.
     *
     * @param room for widened matrices, of at least {@link #widestPart} numbers
     */
    static Layer of(Checkpoint checkpoint, int index, TorchBackend backend, Strips strips, WidenedMatrices room) {
        LayerSpec spec = checkpoint.config().layers().get(index);
        double epsilon = checkpoint.config().normEpsilon();
        PartWeights mixing = PartWeights.of(
                tensors(
                        checkpoint,
                        index,
                        ExpectedTensors.ofMixer(
                                        spec.mixer(), checkpoint.config().hidden())
                                .keySet()),
                List.of(TensorNames.QUERY, TensorNames.KEY, TensorNames.VALUE),
                backend,
                strips,
                room);
        Mixer mixer = switch (spec.mixer()) {
            case Softmax softmax -> new SoftmaxMixer(softmax, epsilon, mixing, backend);
            case LayerSpec.Lightning lightning -> throw new IllegalStateException("not built");
        };
        PartWeights feeding = PartWeights.of(
                tensors(
                        checkpoint,
                        index,
                        ExpectedTensors.ofFeedForward(
                                        spec.feedForward(), checkpoint.config().hidden())
                                .keySet()),
                List.of(TensorNames.FEED_FORWARD_GATE, TensorNames.FEED_FORWARD_UP),
                backend,
                strips,
                room);
        FeedForward feedForward = switch (spec.feedForward()) {
            case Dense dense -> new DenseFeedForward(epsilon, feeding, backend);
            case LayerSpec.MixtureOfExperts mixture -> throw new IllegalStateException("not built");
        };
        return new Layer(mixer, feedForward);
    }

    /** Numbers in the matrices of the largest part of any layer. */
    static long widestPart(Checkpoint checkpoint) {
        long widest = 0;
        for (int index = 0; index < checkpoint.config().layers().size(); index++) {
            LayerSpec spec = checkpoint.config().layers().get(index);
            for (Set<String> names : List.of(
                    ExpectedTensors.ofMixer(spec.mixer(), checkpoint.config().hidden())
                            .keySet(),
                    ExpectedTensors.ofFeedForward(
                                    spec.feedForward(), checkpoint.config().hidden())
                            .keySet())) {
                long elements = tensors(checkpoint, index, names).values().stream()
                        .mapToLong(TensorData::elements)
                        .sum();
                widest = Math.max(widest, elements);
            }
        }
        return widest;
    }

    private static Map<String, TensorData> tensors(Checkpoint checkpoint, int index, Collection<String> names) {
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        names.forEach(name -> tensors.put(name, checkpoint.tensor(TensorNames.ofLayer(index, name))));
        return tensors;
    }

    long packedBytes() {
        return mixer.packedBytes() + feedForward.packedBytes();
    }

    void close() {
        mixer.close();
        feedForward.close();
    }
}
