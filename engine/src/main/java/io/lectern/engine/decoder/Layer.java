package io.lectern.engine.decoder;

import io.lectern.engine.decoder.MixtureFeedForward.MixtureWeights;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.ExpectedTensors;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Dense;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.torch.TorchBackend;
import io.lectern.engine.torch.TorchValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One layer of the decoder with its weights: what {@link LayerSpec} describes, ready to run. */
record Layer(Mixer mixer, FeedForward feedForward) {

    List<LayerPart> parts() {
        return List.of(mixer, feedForward);
    }

    void close() {
        parts().forEach(LayerPart::close);
    }

    /** Makes layers of a checkpoint's tensors. */
    static final class Factory {
        private final Checkpoint checkpoint;
        private final DecoderOptions options;
        private final TorchBackend backend;
        private final Strips strips;
        private final WidenedMatrices room;

        /**
         * @param room for widened matrices, of at least {@link #widestPart} numbers
         */
        Factory(
                Checkpoint checkpoint,
                DecoderOptions options,
                TorchBackend backend,
                Strips strips,
                WidenedMatrices room) {
            this.checkpoint = checkpoint;
            this.options = options;
            this.backend = backend;
            this.strips = strips;
            this.room = room;
        }

        /** The layer with this number; its matrices are not packed yet. */
        Layer layer(int index) {
            LayerSpec spec = checkpoint.config().layers().get(index);
            Mixer mixer = mixer(index, spec);
            try {
                return new Layer(mixer, feedForward(index, spec));
            } catch (RuntimeException | Error e) {
                mixer.close();
                throw e;
            }
        }

        private Mixer mixer(int index, LayerSpec spec) {
            double epsilon = checkpoint.config().normEpsilon();
            Set<String> names = ExpectedTensors.ofMixer(
                            spec.mixer(), checkpoint.config().hidden())
                    .keySet();
            PartWeights weights =
                    part(tensors(index, names), List.of(TensorNames.QUERY, TensorNames.KEY, TensorNames.VALUE));
            return switch (spec.mixer()) {
                case Softmax softmax ->
                    new SoftmaxMixer(softmax, spec.mixerResidual(), epsilon, options.cache(), weights, backend);
                case Lightning lightning ->
                    new LightningMixer(
                            lightning, spec.mixerResidual(), epsilon, options.lightningBlockTokens(), weights, backend);
            };
        }

        private FeedForward feedForward(int index, LayerSpec spec) {
            double epsilon = checkpoint.config().normEpsilon();
            return switch (spec.feedForward()) {
                case Dense dense -> {
                    Set<String> names = ExpectedTensors.ofFeedForward(
                                    dense, checkpoint.config().hidden())
                            .keySet();
                    yield new DenseFeedForward(
                            spec.feedForwardResidual(), epsilon, swiglu(tensors(index, names)), backend);
                }
                case MixtureOfExperts mixture ->
                    new MixtureFeedForward(
                            mixture, spec.feedForwardResidual(), epsilon, mixtureWeights(index, mixture), backend);
            };
        }

        private MixtureWeights mixtureWeights(int index, MixtureOfExperts mixture) {
            List<PartWeights> experts = new ArrayList<>();
            for (int expert = 0; expert < mixture.experts(); expert++) {
                Map<String, TensorData> tensors = new LinkedHashMap<>();
                for (String name : List.of(
                        TensorNames.FEED_FORWARD_GATE, TensorNames.FEED_FORWARD_UP, TensorNames.FEED_FORWARD_DOWN)) {
                    tensors.put(name, tensor(index, TensorNames.ofExpert(expert, name)));
                }
                experts.add(swiglu(tensors));
            }
            boolean shared = mixture.shared().isPresent();
            return new MixtureWeights(
                    numbers(index, TensorNames.FEED_FORWARD_NORM),
                    numbers(index, TensorNames.ROUTER),
                    experts,
                    shared ? sharedExpert(index) : null,
                    shared ? numbers(index, TensorNames.SHARED_COEFFICIENT) : null);
        }

        /** The shared expert, with the names that every SwiGLU has. */
        private PartWeights sharedExpert(int index) {
            Map<String, TensorData> tensors = new LinkedHashMap<>();
            tensors.put(TensorNames.FEED_FORWARD_GATE, tensor(index, TensorNames.SHARED_GATE));
            tensors.put(TensorNames.FEED_FORWARD_UP, tensor(index, TensorNames.SHARED_UP));
            tensors.put(TensorNames.FEED_FORWARD_DOWN, tensor(index, TensorNames.SHARED_DOWN));
            return swiglu(tensors);
        }

        private PartWeights swiglu(Map<String, TensorData> tensors) {
            return part(tensors, List.of(TensorNames.FEED_FORWARD_GATE, TensorNames.FEED_FORWARD_UP));
        }

        private PartWeights part(Map<String, TensorData> tensors, List<String> sameInput) {
            return PartWeights.of(tensors, sameInput, options.weights(), backend, strips, room);
        }

        private Map<String, TensorData> tensors(int index, Set<String> names) {
            Map<String, TensorData> tensors = new LinkedHashMap<>();
            names.forEach(name -> tensors.put(name, tensor(index, name)));
            return tensors;
        }

        private TensorData tensor(int index, String name) {
            return checkpoint.tensor(TensorNames.ofLayer(index, name));
        }

        /** A small tensor in f32. */
        private TorchValue numbers(int index, String name) {
            TensorData tensor = tensor(index, name);
            return backend.tensor(tensor.readAll(), tensor.shape());
        }
    }

    /** Numbers in the matrices of the largest part of any layer that is widened at once; an expert is one part. */
    static long widestPart(Checkpoint checkpoint) {
        long hidden = checkpoint.config().hidden();
        long widest = 0;
        for (LayerSpec spec : checkpoint.config().layers()) {
            long feedForward = switch (spec.feedForward()) {
                case Dense dense -> ExpectedTensors.elements(ExpectedTensors.ofFeedForward(dense, hidden));
                case MixtureOfExperts mixture ->
                    3
                            * hidden
                            * Math.max(
                                    mixture.intermediate(),
                                    mixture.shared()
                                            .map(LayerSpec.SharedExpert::intermediate)
                                            .orElse(0));
            };
            widest = Math.max(
                    widest,
                    Math.max(ExpectedTensors.elements(ExpectedTensors.ofMixer(spec.mixer(), hidden)), feedForward));
        }
        return widest;
    }
}
