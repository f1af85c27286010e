package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.SafetensorsFile.NumberType;
import io.lectern.engine.model.SafetensorsWriter.Planned;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a model folder is said by the names of the file and the tensor. */
class SafetensorsFolderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOME = "model.layers.4.block_sparse_moe.experts.2.w3.weight";

    @TempDir
    Path folder;

    private final Map<String, TensorData> tensors = new LinkedHashMap<>();

    @BeforeEach
    void copyConfig() throws IOException {
        Files.copy(MiniMaxTiny.folder().resolve("config.json"), folder.resolve("config.json"));
    }

    /** The tensors of the small model by their names in the folder. */
    private Map<String, TensorData> tensorsOf(SafetensorsCheckpoint source) {
        source.names().forEach(name -> tensors.put(MiniMaxNames.inFolder(name, source.config()), source.tensor(name)));
        return tensors;
    }

    private static Planned planned(String name, TensorData tensor) {
        List<Long> shape = LongStream.of(tensor.shape()).boxed().toList();
        return new Planned(name, NumberType.valueOf(tensor.type().name()), shape);
    }

    private void write(String file, Map<String, TensorData> tensors) throws IOException {
        List<Planned> all = tensors.entrySet().stream()
                .map(entry -> planned(entry.getKey(), entry.getValue()))
                .toList();
        Files.deleteIfExists(folder.resolve(file));
        try (SafetensorsWriter writer = new SafetensorsWriter(folder.resolve(file), all)) {
            for (Map.Entry<String, TensorData> entry : tensors.entrySet()) {
                writer.write(entry.getKey(), 0, entry.getValue().data().asByteBuffer());
            }
            writer.finish();
        }
    }

    private TensorData numbers(float... values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return tensor(bytes, values.length);
    }

    private void refused(String... saying) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> SafetensorsCheckpoint.open(folder).close())
                .satisfies(e -> {
                    assertThat(e.reason()).isEqualTo(EngineException.Reason.MODEL_UNUSABLE);
                    assertThat(e.getMessage()).contains(saying);
                });
    }

    @Test
    void everyTensorIsAccountedFor() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            Map<String, TensorData> all = tensorsOf(source);
            write("model.safetensors", all);
            SafetensorsCheckpoint.open(folder).close();

            TensorData some = all.remove(SOME);
            write("model.safetensors", all);
            refused("lacks the tensor " + SOME);

            all.put(SOME, all.get("model.norm.weight"));
            write("model.safetensors", all);
            refused("model.safetensors has the tensor " + SOME, "[64]", "[96, 64]");

            all.put(SOME, some);
            all.put("model.layers.0.self_attn.q_norm.weight", all.get("model.norm.weight"));
            write("model.safetensors", all);
            refused("model.safetensors has the tensor model.layers.0.self_attn.q_norm.weight", "does not have");

            all.remove("model.layers.0.self_attn.q_norm.weight");
            // What transformers writes although it can be computed is passed over.
            all.put("model.layers.0.self_attn.slope_rate", all.get("model.norm.weight"));
            all.put("model.layers.0.self_attn.diagonal_decay", all.get("model.norm.weight"));
            write("model.safetensors", all);
            SafetensorsCheckpoint.open(folder).close();
        }
    }

    /** As transformers 5 writes the model with {@code save_original_format=False}; names and shapes were read from there. */
    @Test
    void expertsMayLieInOneTensor() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            Map<String, TensorData> all = tensorsOf(source);
            for (int layer = 0; layer < 8; layer++) {
                String own = "model.layers." + layer + ".block_sparse_moe.";
                String stacked = "model.layers." + layer + ".mlp.";
                all.put(stacked + "gate.weight", all.remove(own + "gate.weight"));
                ByteBuffer up = ByteBuffer.allocateDirect(4 * 2 * 96 * 64 * 4);
                ByteBuffer down = ByteBuffer.allocateDirect(4 * 64 * 96 * 4);
                for (int expert = 0; expert < 4; expert++) {
                    up.put(all.remove(own + "experts." + expert + ".w1.weight")
                            .data()
                            .asByteBuffer());
                    up.put(all.remove(own + "experts." + expert + ".w3.weight")
                            .data()
                            .asByteBuffer());
                    down.put(all.remove(own + "experts." + expert + ".w2.weight")
                            .data()
                            .asByteBuffer());
                }
                all.put(stacked + "experts.gate_up_proj", tensor(up, 4, 192, 64));
                all.put(stacked + "experts.down_proj", tensor(down, 4, 64, 96));
            }
            write("model.safetensors", all);
            try (SafetensorsCheckpoint read = SafetensorsCheckpoint.open(folder)) {
                for (String name : source.names()) {
                    assertThat(read.tensor(name).readAll())
                            .as(name)
                            .isEqualTo(source.tensor(name).readAll());
                }
            }
        }
    }

    private TensorData tensor(ByteBuffer bytes, long... shape) {
        var data = MemorySegment.ofBuffer(bytes.flip());
        return new TensorData("stacked", shape, TensorType.F32, data, folder, 0);
    }

    @Test
    void numbersThatAreNoneAreFoundWhereThatIsCheap() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            for (String name : List.of(
                    "model.norm.weight", "model.layers.3.block_sparse_moe.gate.weight", "model.embed_tokens.weight")) {
                Map<String, TensorData> all = new LinkedHashMap<>(tensorsOf(source));
                float[] values = all.get(name).readAll();
                values[values.length / 2] = Float.NaN;
                TensorData broken = numbers(values);
                all.put(name, new TensorData(name, all.get(name).shape(), TensorType.F32, broken.data(), folder, 0));
                write("model.safetensors", all);
                refused("model.safetensors is damaged", "holds NaN", name);
            }
        }
    }

    @Test
    void aTruncatedFileIsIncomplete() throws IOException {
        byte[] whole = Files.readAllBytes(MiniMaxTiny.folder().resolve("model.safetensors"));
        for (int length : List.of(whole.length - 1, whole.length / 2, 20_000, 17_000)) {
            Files.write(folder.resolve("model.safetensors"), java.util.Arrays.copyOf(whole, length));
            refused("model.safetensors is incomplete", "fetch the file again");
        }
        Files.write(folder.resolve("model.safetensors"), new byte[0]);
        refused("model.safetensors is too short");
        Files.writeString(folder.resolve("model.safetensors"), "version https://git-lfs.github.com/spec/v1 oid");
        refused("model.safetensors is not a safetensors file");
    }

    @Test
    void shardsMustBeAsTheIndexSays() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            Map<String, TensorData> all = tensorsOf(source);
            Map<String, TensorData> first = new LinkedHashMap<>();
            Map<String, TensorData> second = new LinkedHashMap<>();
            ObjectNode index = JSON.createObjectNode();
            ObjectNode fileOf = index.putObject("weight_map");
            all.forEach((name, tensor) -> {
                boolean early = first.size() < all.size() / 2;
                (early ? first : second).put(name, tensor);
                fileOf.put(name, early ? "a.safetensors" : "b.safetensors");
            });
            write("a.safetensors", first);
            write("b.safetensors", second);
            writeIndex(index);
            try (SafetensorsCheckpoint sharded = SafetensorsCheckpoint.open(folder)) {
                for (String name : source.names()) {
                    assertThat(sharded.tensor(name).readAll())
                            .isEqualTo(source.tensor(name).readAll());
                }
                assertThat(sharded.files())
                        .extracting(file -> file.getFileName().toString())
                        .containsExactly(
                                "a.safetensors", "b.safetensors", "config.json", "model.safetensors.index.json");
            }

            String wanted = second.keySet().iterator().next();
            writeIndex(changed(index, wanted, "a.safetensors"));
            refused("index.json says that the tensor " + wanted, "a.safetensors");
            writeIndex(changed(index, wanted, "c.safetensors"));
            refused("index.json names the file c.safetensors, which is not there");
            writeIndex(changed(index, wanted, "../b.safetensors"));
            refused("index.json is damaged", "../b.safetensors");
            ObjectNode without = index.deepCopy();
            without.withObject("weight_map").remove(wanted);
            writeIndex(without);
            refused("does not name the tensor " + wanted, "b.safetensors");
            writeIndex(changed(index, "model.layers.9.strange", "a.safetensors"));
            refused("says that the tensor model.layers.9.strange lies in a.safetensors, but it does not");

            writeIndex(index);
            byte[] whole = Files.readAllBytes(folder.resolve("b.safetensors"));
            Files.write(folder.resolve("b.safetensors"), java.util.Arrays.copyOf(whole, whole.length - 100));
            refused("b.safetensors is incomplete");
        }
    }

    private static ObjectNode changed(ObjectNode index, String tensor, String file) {
        ObjectNode changed = index.deepCopy();
        changed.withObject("weight_map").put(tensor, file);
        return changed;
    }

    private void writeIndex(ObjectNode index) throws IOException {
        JSON.writeValue(folder.resolve("model.safetensors.index.json").toFile(), index);
    }

    @Test
    void largeModelsAreWrittenInSeveralFiles() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            ObjectNode config = (ObjectNode) ModelJson.read(folder.resolve("config.json"));
            ModelFolderWriter.Source weights = new ModelFolderWriter.Source() {
                @Override
                public TensorType type(String canonical) {
                    return TensorType.F32;
                }

                @Override
                public float[] rows(String canonical, long firstRow, int rows) {
                    return source.tensor(canonical).readRows(firstRow, rows);
                }
            };
            Path written = folder.resolve("written");
            List<Double> progress = new ArrayList<>();
            new ModelFolderWriter(source.config(), weights, Optional.empty(), 1_000_000)
                    .write(written, config, Map.of(), part -> {
                        synchronized (progress) {
                            progress.add(part);
                        }
                    });
            assertThat(written.resolve("model-00001-of-00004.safetensors")).exists();
            assertThat(written.resolve("model-00004-of-00004.safetensors")).exists();
            assertThat(progress).allMatch(part -> part > 0 && part <= 1);
            try (SafetensorsCheckpoint read = SafetensorsCheckpoint.open(written)) {
                for (String name : source.names()) {
                    assertThat(read.tensor(name).readAll())
                            .as(name)
                            .isEqualTo(source.tensor(name).readAll());
                }
            }
        }
    }

    @Test
    void codesOfOtherKindsAreRefused() throws IOException {
        try (SafetensorsCheckpoint source = SafetensorsCheckpoint.open(MiniMaxTiny.folder())) {
            Map<String, TensorData> all = tensorsOf(source);
            write("model.safetensors", all);
            quantizedAs("{'quant_method': 'gptq', 'bits': 4}");
            refused("quantization_config.quant_method = \"gptq\"");
            quantizedAs("{'quant_method': 'compressed-tensors', 'format': 'float-quantized'}");
            refused("quantization_config.format = \"float-quantized\"");
            String weights = "{'quant_method': 'compressed-tensors', 'format': 'pack-quantized', 'config_groups':"
                    + " {'g': {'targets': ['Linear'], 'weights': {'num_bits': 4, 'type': 'int', %s}}}}";
            quantizedAs(weights.formatted("'symmetric': false"));
            refused("config_groups.g.weights.symmetric = false");
            quantizedAs(weights.formatted("'symmetric': true, 'actorder': 'group'"));
            refused("config_groups.g.weights.actorder");
            quantizedAs(weights.formatted("'symmetric': true, 'num_bits': 3").replace("'num_bits': 4, ", ""));
            refused("config_groups.g.weights.num_bits = 3");
            quantizedAs(weights.formatted("'symmetric': true"));
            SafetensorsCheckpoint.open(folder).close(); // nothing is stored as codes, which is all right

            all.remove(SOME);
            all.put(SOME + "_scale", all.get("model.norm.weight"));
            write("model.safetensors", all);
            refused("lacks the tensor " + SOME);
        }
    }

    private void quantizedAs(String config) throws IOException {
        ObjectNode root = (ObjectNode)
                JSON.readTree(MiniMaxTiny.folder().resolve("config.json").toFile());
        root.set("quantization_config", JSON.readTree(config.replace('\'', '"')));
        JSON.writeValue(folder.resolve("config.json").toFile(), root);
    }
}
