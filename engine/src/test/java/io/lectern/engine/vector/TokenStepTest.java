package io.lectern.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.CacheType;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.Checkpoint;
import io.lectern.engine.model.LayerSpec;
import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.model.LayerSpec.Softmax;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.SafetensorsCheckpoint;
import io.lectern.engine.model.SafetensorsFile;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.vector.LayerMemory.Block;
import io.lectern.engine.vector.LayerMemory.KeysAndValues;
import io.lectern.engine.vector.LayerMemory.States;
import io.lectern.engine.vector.TokenStep.SequenceToken;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what transformers computed with a small random hybrid, token by token from nothing. */
class TokenStepTest {

    @ParameterizedTest
    @CsvSource({
        "p17, 1, F32, 1e-4",
        "p256, 2, F32, 1e-4",
        "p256, 3, F16, 5e-3",
        "p256, 2, BF16, 5e-2",
        "p256, 2, INT8, 5e-2"
    })
    void agreesWithTransformers(String prompt, int threads, CacheType cache, float tolerance) {
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder());
                SafetensorsFile golden = SafetensorsFile.open(MiniMaxTiny.golden());
                TokenStep step =
                        new TokenStep(checkpoint.config(), checkpoint::tensor, WeightPrecision.AS_STORED, threads)) {
            long[] tokens = golden.tensors().get(prompt + ".input_ids").readIntegers();
            float[] expected = golden.tensors()
                    .get(prompt + ".last_logits")
                    .asWeights("logits")
                    .readAll();
            Memories memories = new Memories(checkpoint.config().layers(), cache);
            TensorData embedding = checkpoint.tensor(TensorNames.TOKEN_EMBEDDING);
            float[] x = null;
            for (int position = 0; position < tokens.length; position++) {
                x = embedding.readRows(tokens[position], 1);
                step.forward(List.of(new SequenceToken(x, position, memories.at(position))), (stream, layer) -> {});
            }
            assertClose(step.logits(List.of(x)).getFirst(), expected, tolerance);

            if (cache == CacheType.F32 && prompt.equals("p256")) {
                float[] state = memories.states(6);
                float[] expectedState = golden.tensors()
                        .get(prompt + ".kv_state.6")
                        .asWeights("state")
                        .readAll();
                assertClose(state, expectedState, tolerance);
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        float largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        assertThat(largest).isLessThan(tolerance);
    }

    /** Memory of all layers, with keys and values in blocks of an odd size. */
    private static final class Memories {
        private static final int CAPACITY = 100;

        private final List<LayerSpec> layers;
        private final CacheType type;
        private final List<MemorySegment> states = new ArrayList<>();
        private final List<List<Block>> blocks = new ArrayList<>();

        Memories(List<LayerSpec> layers, CacheType type) {
            this.layers = layers;
            this.type = type;
            for (LayerSpec layer : layers) {
                states.add(Arena.ofAuto().allocate(layer.mixer().rememberedAlways() * Float.BYTES, 64));
                blocks.add(new ArrayList<>());
            }
        }

        float[] states(int layer) {
            return states.get(layer).toArray(ValueLayout.JAVA_FLOAT);
        }

        List<LayerMemory> at(int position) {
            List<LayerMemory> memories = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                memories.add(
                        switch (layers.get(i).mixer()) {
                            case Lightning lightning -> new States(states.get(i));
                            case Softmax softmax -> new KeysAndValues(type, at(position, blocks.get(i), softmax));
                        });
            }
            return memories;
        }

        private List<Block> at(int position, List<Block> kept, Softmax softmax) {
            if (position % CAPACITY == 0) {
                long vectors = 2L * softmax.keyValueHeads() * CAPACITY;
                kept.add(new Block(
                        Arena.ofAuto().allocate(vectors * softmax.headDimension() * bytes(), 64),
                        type == CacheType.INT8 ? Arena.ofAuto().allocate(vectors * Float.BYTES, 64) : null,
                        CAPACITY,
                        0));
            }
            Block last = kept.removeLast();
            kept.add(new Block(last.numbers(), last.scales(), CAPACITY, position % CAPACITY));
            List<Block> now = new ArrayList<>();
            for (Block block : kept) {
                now.add(
                        block == kept.getLast()
                                ? block
                                : new Block(block.numbers(), block.scales(), CAPACITY, CAPACITY));
            }
            return now;
        }

        private int bytes() {
            return switch (type) {
                case F32 -> Float.BYTES;
                case F16, BF16 -> Short.BYTES;
                case INT8 -> 1;
            };
        }
    }
}
