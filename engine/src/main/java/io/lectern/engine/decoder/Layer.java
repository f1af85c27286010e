package io.lectern.engine.decoder;

import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
                tensors(checkpoint, index, mixerTensors(spec.mixer())),
                List.of(TensorNames.QUERY, TensorNames.KEY, TensorNames.VALUE),
                backend,
                strips,
                room);
        Mixer mixer = switch (spec.mixer()) {
            case Softmax softmax -> new SoftmaxMixer(softmax, epsilon, mixing, backend);
        };
        PartWeights feeding = PartWeights.of(
                tensors(checkpoint, index, feedForwardTensors(spec.feedForward())),
                List.of(TensorNames.FEED_FORWARD_GATE, TensorNames.FEED_FORWARD_UP),
                backend,
                strips,
                room);
        FeedForward feedForward = switch (spec.feedForward()) {
            case Dense dense -> new DenseFeedForward(epsilon, feeding, backend);
        };
        return new Layer(mixer, feedForward);
    }

    /** Numbers in the matrices of the largest part of any layer. */
    static long widestPart(Checkpoint checkpoint) {
        long widest = 0;
        for (int index = 0; index < checkpoint.config().layers().size(); index++) {
            LayerSpec spec = checkpoint.config().layers().get(index);
            for (List<String> names : List.of(mixerTensors(spec.mixer()), feedForwardTensors(spec.feedForward()))) {
                long elements = tensors(checkpoint, index, names).values().stream()
                        .mapToLong(TensorData::elements)
                        .sum();
                widest = Math.max(widest, elements);
            }
        }
        return widest;
    }

    private static List<String> mixerTensors(LayerSpec.Mixer mixer) {
        return switch (mixer) {
            case Softmax softmax -> {
                List<String> names = new ArrayList<>(List.of(
                        TensorNames.MIXER_NORM,
                        TensorNames.QUERY,
                        TensorNames.KEY,
                        TensorNames.VALUE,
                        TensorNames.ATTENTION_OUTPUT));
                if (softmax.biased()) {
                    names.addAll(List.of(TensorNames.QUERY_BIAS, TensorNames.KEY_BIAS, TensorNames.VALUE_BIAS));
                }
                yield names;
            }
        };
    }

    private static List<String> feedForwardTensors(LayerSpec.FeedForward feedForward) {
        return switch (feedForward) {
            case Dense dense ->
                List.of(
                        TensorNames.FEED_FORWARD_NORM,
                        TensorNames.FEED_FORWARD_GATE,
                        TensorNames.FEED_FORWARD_UP,
                        TensorNames.FEED_FORWARD_DOWN);
        };
    }

    private static Map<String, TensorData> tensors(Checkpoint checkpoint, int index, List<String> names) {
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
