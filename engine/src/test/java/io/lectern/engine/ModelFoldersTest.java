package io.lectern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.ModelFolders.RandomOptions;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.ModelTokenizer;
import io.lectern.engine.model.SafetensorsCheckpoint;
import io.lectern.engine.model.TensorData;
import io.lectern.engine.model.TensorNames;
import io.lectern.engine.model.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFoldersTest {
    private static final Path CONFIG = MiniMaxTiny.folder().resolve("config.json");

    @TempDir
    Path folder;

    private Path random(String name, long seed, WeightPrecision weights, OptionalInt group, Optional<Path> tokenizer) {
        Path destination = folder.resolve(name);
        ModelFolders.random(CONFIG, destination, new RandomOptions(seed, weights, group, tokenizer), part -> {});
        return destination;
    }

    private Path random(String name, long seed, WeightPrecision weights) {
        return random(name, seed, weights, OptionalInt.empty(), Optional.empty());
    }

    @Test
    void randomWeightsDependOnNothingButTheSeed() throws IOException {
        Path first = random("first", 7, WeightPrecision.F32);
        Path again = random("again", 7, WeightPrecision.F32);
        Path other = random("other", 8, WeightPrecision.F32);
        assertThat(first.resolve("model.safetensors")).hasSameBinaryContentAs(again.resolve("model.safetensors"));
        try (SafetensorsCheckpoint one = SafetensorsCheckpoint.open(first);
                SafetensorsCheckpoint two = SafetensorsCheckpoint.open(other)) {
            float[] expert = one.tensor("blk.2.ffn_up.1.weight").readAll();
            assertThat(expert).isNotEqualTo(two.tensor("blk.2.ffn_up.1.weight").readAll());
            assertThat(expert).isNotEqualTo(one.tensor("blk.3.ffn_up.1.weight").readAll());
            double squares = 0;
            for (float number : expert) {
                squares += number * number;
            }
            // The configuration's initializer_range.
            assertThat(Math.sqrt(squares / expert.length)).isBetween(0.077, 0.083);
            for (float number : one.tensor(TensorNames.OUTPUT_NORM).readAll()) {
                assertThat(number).isBetween(0.7f, 1.3f);
            }
        }
    }

    @Test
    void aRandomModelCanBeTalkedWith() {
        Path model = random("talking", 1, WeightPrecision.BF16);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(model);
                ModelTokenizer tokenizer = ModelTokenizer.of(checkpoint)) {
            assertThat(checkpoint.quantization()).isEqualTo("BF16");
            assertThat(tokenizer.size()).isEqualTo(260);
            assertThat(tokenizer.encode("Hé")).containsExactly('H', 0xC3, 0xA9);
            assertThat(tokenizer.decode(tokenizer.encode("Zwölf <end_of_sentence> 😀\n")))
                    .isEqualTo("Zwölf <end_of_sentence> 😀\n");
            ChatTemplate template = ChatTemplate.of(checkpoint, tokenizer);
            String prompt = template.render(
                    List.of(
                            Message.system("Be brief."),
                            Message.user("Who?"),
                            Message.assistant("You."),
                            Message.user("Why?")),
                    true,
                    ZonedDateTime.now());
            assertThat(prompt).isEqualTo("""
                    <begin_of_document><beginning_of_sentence>system ai_setting=assistant
                    Be brief.<end_of_sentence>
                    <beginning_of_sentence>user name=user
                    Who?<end_of_sentence>
                    <beginning_of_sentence>ai name=assistant
                    You.<end_of_sentence>
                    <beginning_of_sentence>user name=user
                    Why?<end_of_sentence>
                    <beginning_of_sentence>ai name=assistant
                    """);
            int[] tokens = tokenizer.encodeTemplate(prompt);
            assertThat(Arrays.stream(tokens).filter(tokenizer::isControl)).hasSize(1 + 5 + 4);
            assertThat(tokenizer.endOfTurn()).containsExactly(tokenizer.encodeTemplate("<end_of_sentence>")[0]);
        }
    }

    @Test
    void aFolderRunsLikeAFile() throws IOException, NoSuchAlgorithmException {
        Path model = random("running", 1, WeightPrecision.BF16);
        try (Engine engine = Engines.open(model, EngineOptions.standard().withThreads(2));
                Context context = engine.newContext()) {
            context.append(Message.user("When does the lease end?"));
            assertThat(context.tokenCount()).isGreaterThan(24);
            GenerationEvent.Finished finished =
                    context.generate(GenerationRequest.greedy(8), event -> {}, new Cancellation());
            assertThat(finished.generatedTokens()).isPositive();
            EngineInfo info = engine.info();
            assertThat(info.model()).isEqualTo("running");
            assertThat(info.quantization()).isEqualTo("BF16");
            assertThat(info.parameters()).isEqualTo(970_688);
            // What sha256sum prints for the files, and of that again.
            StringBuilder list = new StringBuilder();
            for (String name : List.of(
                    "chat_template.jinja",
                    "config.json",
                    "generation_config.json",
                    "model.safetensors",
                    "tokenizer.json",
                    "tokenizer_config.json")) {
                list.append(sha256(Files.readAllBytes(model.resolve(name))))
                        .append("  ")
                        .append(name)
                        .append('\n');
            }
            assertThat(info.sha256()).isEqualTo(sha256(list.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void withoutATokenizerAModelCanBeDescribedButNotTalkedWith() {
        assertThat(Engines.describe(MiniMaxTiny.folder(), EngineOptions.standard())
                        .layers())
                .isEqualTo(8);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> Engines.open(MiniMaxTiny.folder(), EngineOptions.standard()))
                .withMessage("minimax-tiny has no tokenizer: it can be described and measured, but not talked with");
    }

    @Test
    void anotherModelsTokenizerCanBeTaken() throws IOException {
        Path wide = folder.resolve("wide.json");
        Files.writeString(wide, Files.readString(CONFIG).replace("\"vocab_size\": 512", "\"vocab_size\": 50000"));
        Path destination = folder.resolve("model");
        Path gguf = TestModels.smolLm2();
        ModelFolders.random(
                wide,
                destination,
                new RandomOptions(1, WeightPrecision.BF16, OptionalInt.empty(), Optional.of(gguf)),
                part -> {});
        String text = "The Licensee shall pay 1,250.00 USD.\n\tNaïve  fees <|im_end|>";
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(destination);
                ModelTokenizer written = ModelTokenizer.of(checkpoint);
                io.lectern.engine.model.GgufCheckpoint original = io.lectern.engine.model.GgufCheckpoint.open(gguf);
                ModelTokenizer taken = ModelTokenizer.of(original)) {
            assertThat(written.encode(text)).isEqualTo(taken.encode(text));
            assertThat(written.encodeTemplate(text)).isEqualTo(taken.encodeTemplate(text));
            assertThat(written.endOfTurn()).isEqualTo(taken.endOfTurn());
        }
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> random("small", 1, WeightPrecision.F32, OptionalInt.empty(), Optional.of(gguf)))
                .withMessageContaining("49152 tokens")
                .withMessageContaining("512");
    }

    @ParameterizedTest
    @CsvSource({"INT4, 32, F32", "INT4, 32, BF16", "INT8, , F32", "INT8, 16, BF16"})
    void quantisedValuesAreWithinHalfAStep(WeightPrecision weights, Integer group, WeightPrecision stored) {
        Path plain = random("plain", 3, stored);
        Path codes = folder.resolve("codes");
        List<Double> progress = new ArrayList<>();
        OptionalInt asked = group == null ? OptionalInt.empty() : OptionalInt.of(group);
        ModelFolders.quantize(plain, codes, weights, asked, part -> {
            synchronized (progress) {
                progress.add(part);
            }
        });
        assertThat(progress).last().satisfies(last -> assertThat(last).isGreaterThan(0.99));
        try (SafetensorsCheckpoint before = SafetensorsCheckpoint.open(plain);
                SafetensorsCheckpoint after = SafetensorsCheckpoint.open(codes)) {
            assertThat(after.config())
                    .usingRecursiveComparison()
                    .ignoringFields("name")
                    .isEqualTo(before.config());
            int quantised = 0;
            for (String name : before.names()) {
                TensorData exact = before.tensor(name);
                TensorData rounded = after.tensor(name);
                float[] numbers = exact.readAll();
                if (rounded.scales().isEmpty()) {
                    assertThat(rounded.readAll()).as(name).isEqualTo(numbers);
                    continue;
                }
                quantised++;
                int elements = rounded.groupElements();
                assertThat(elements).isEqualTo(group == null ? exact.columns() : group);
                float[] scales = rounded.scales().orElseThrow().values().readAll();
                float[] read = rounded.readAll();
                for (int i = 0; i < numbers.length; i++) {
                    assertThat(Math.abs(read[i] - numbers[i]) / scales[i / elements])
                            .as(name)
                            .isLessThan(0.5001f);
                }
            }
            // 7 × (qkv, gate, out) + (q, k, v, out) + 8 × 4 experts × 3.
            assertThat(quantised).isEqualTo(7 * 3 + 4 + 8 * 4 * 3);
            assertThat(after.tensor("blk.0.ffn_gate_inp.weight").type())
                    .isEqualTo(stored == WeightPrecision.F32 ? TensorType.F32 : TensorType.BF16);
            assertThat(after.quantization()).startsWith(weights.name());
            assertThat(after.chatTemplate()).isPresent();
        }
    }

    @Test
    void whatIsThereIsNotWrittenOverAndNothingUnfinishedIsLeft() throws IOException {
        Path plain = random("plain", 3, WeightPrecision.F32);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> random("plain", 3, WeightPrecision.F32))
                .withMessageContaining("plain is there already");
        // 128 does not divide the 64 columns.
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ModelFolders.quantize(
                        plain, folder.resolve("codes"), WeightPrecision.INT4, OptionalInt.empty(), part -> {}))
                .withMessageContaining("64 elements")
                .withMessageContaining("groups of 128");
        Path codes = folder.resolve("codes");
        ModelFolders.quantize(plain, codes, WeightPrecision.INT4, OptionalInt.of(32), part -> {});
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ModelFolders.quantize(
                        codes, folder.resolve("twice"), WeightPrecision.INT8, OptionalInt.empty(), part -> {}))
                .withMessageContaining("quantised already (INT4 in groups of 32)");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> ModelFolders.quantize(
                        plain, folder.resolve("stopped"), WeightPrecision.INT8, OptionalInt.empty(), part -> {
                            throw new IllegalStateException("stop");
                        }));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("plain", "codes");
        }
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ModelFolders.quantize(
                        CONFIG, folder.resolve("no"), WeightPrecision.INT8, OptionalInt.empty(), part -> {}))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MODEL_UNUSABLE))
                .withMessageContaining("is not a model folder");
    }
}
