package io.lectern.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.lectern.engine.Cancellation;
import io.lectern.engine.ComputeDevice;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.ModelDescription;
import io.lectern.engine.Sampling;
import io.lectern.engine.embedded.TestModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole engine with a real model. */
class LocalEngineTest {
    private static final Message DOCUMENT = Message.user(
            "The tenant shall give notice thirty days before the end of the lease. The rent is 900 euros a month.\n\n");

    private static Engine engine;
    private static final List<Double> LOADING = new ArrayList<>();

    @BeforeAll
    static void load() {
        engine = Engines.open(
                TestModels.smolLm2(), EngineOptions.standard().withThreads(2).withLoading(LOADING::add));
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private static String generate(Context context, GenerationRequest request) {
        return context.generate(request, event -> {}, new Cancellation()).text();
    }

    @Test
    void saysWhatItIs() {
        EngineInfo info = engine.info();
        assertThat(info.architecture()).isEqualTo("llama");
        assertThat(info.quantization()).isEqualTo("Q4_1");
        assertThat(info.sha256()).isEqualTo("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
        assertThat(info.parameters()).isEqualTo(134_515_008L);
        assertThat(info.contextWindow()).isEqualTo(8192);
        assertThat(info.contextBytesPerToken()).isEqualTo(30 * 2 * 3 * 64 * 2);
        assertThat(info.runsOn()).isEqualTo("this machine (CPU, 2 threads)");
        assertThat(info.local()).isTrue();
        assertThat(info.exactTokens()).isTrue();
        assertThat(LOADING).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void aFileIsDescribedWithoutBeingLoaded() {
        ModelDescription description = Engines.describe(TestModels.smolLm2(), EngineOptions.standard());
        assertThat(description.layers()).isEqualTo(30);
        assertThat(description.bytesByTensorType().keySet()).containsExactly("Q4_1", "Q8_0", "F32");
        assertThat(description.contextBytes(1000))
                .isEqualTo(1000 * engine.info().contextBytesPerToken());
    }

    @Test
    void writesTheSameGreedilyEachTimeAndEndsItsTurn() {
        List<GenerationEvent> events = new ArrayList<>();
        String first;
        try (Context context = engine.newContext()) {
            context.append(DOCUMENT);
            context.append(Message.user("How many days of notice?"));
            GenerationEvent.Finished finished =
                    context.generate(GenerationRequest.greedy(16), events::add, new Cancellation());
            first = finished.text();
            assertThat(finished.reason()).isIn(FinishReason.END_OF_TURN, FinishReason.TOKEN_LIMIT);
            assertThat(finished.tokensPerSecond()).isPositive();
        }
        assertThat(first).isNotBlank();
        assertThat(events.getFirst()).isInstanceOf(GenerationEvent.Prefill.class);
        assertThat(events.getLast()).isInstanceOf(GenerationEvent.Finished.class);
        assertThat(events.stream()
                        .filter(GenerationEvent.Text.class::isInstance)
                        .map(event -> ((GenerationEvent.Text) event).text())
                        .reduce("", String::concat))
                .isEqualTo(first);
        try (Context context = engine.newContext()) {
            context.append(DOCUMENT);
            context.append(Message.user("How many days of notice?"));
            assertThat(generate(context, GenerationRequest.greedy(16))).isEqualTo(first);
        }
    }

    @Test
    void questionsInForksAreAnsweredAsIfAskedAlone() throws Exception {
        List<String> questions = List.of("How many days of notice?", "How much is the rent?", "Who gives notice?");
        List<String> alone = new ArrayList<>();
        for (String question : questions) {
            try (Context context = engine.newContext()) {
                context.append(DOCUMENT);
                context.append(Message.user(question));
                alone.add(generate(context, GenerationRequest.greedy(8)));
            }
        }
        try (Context reading = engine.newContext();
                ExecutorService threads = Executors.newFixedThreadPool(questions.size())) {
            reading.append(DOCUMENT);
            int before = reading.tokenCount();
            List<Callable<String>> asked = questions.stream()
                    .<Callable<String>>map(question -> () -> {
                        try (Context fork = reading.fork()) {
                            fork.append(Message.user(question));
                            return generate(fork, GenerationRequest.greedy(8));
                        }
                    })
                    .toList();
            List<String> together = new ArrayList<>();
            for (Future<String> answer : threads.invokeAll(asked)) {
                together.add(answer.get());
            }
            assertThat(together).isEqualTo(alone);
            assertThat(reading.tokenCount()).isEqualTo(before);
        }
    }

    @Test
    void scoresAreLogLikelihoodsAndLeaveTheContextAsItWas() {
        try (Context context = engine.newContext()) {
            context.append(DOCUMENT);
            context.append(Message.user("Does the text speak of a rent? Answer Yes or No."));
            int before = context.tokenCount();
            double[] scores = context.score(List.of("Yes", "No", "Yes, it does", "Zebra"));
            assertThat(java.util.Arrays.stream(scores)).allMatch(score -> score < 0 && Double.isFinite(score));
            assertThat(scores[0]).isGreaterThan(scores[3]);
            assertThat(scores[2]).isLessThan(scores[0]);
            assertThat(Math.exp(scores[0]) + Math.exp(scores[1])).isLessThanOrEqualTo(1);
            assertThat(context.tokenCount()).isEqualTo(before);
            assertThat(context.score(List.of("No", "Yes")))
                    .containsExactly(new double[] {scores[1], scores[0]}, within(1e-6));
        }
    }

    @Test
    void aReplyIsPartOfTheContextAsIfItHadBeenAppended() {
        Message hello = Message.user("My name is Ada. Say hello.");
        Message question = Message.user("What is my name? One word.");
        GenerationRequest untilLineEnd = new GenerationRequest(8, Sampling.GREEDY, List.of("\n"));
        try (Context written = engine.newContext();
                Context told = engine.newContext()) {
            written.append(hello);
            told.append(hello);
            told.append(Message.assistant(generate(written, untilLineEnd)));
            written.append(question);
            told.append(question);
            assertThat(written.tokenCount()).isEqualTo(told.tokenCount());
            assertThat(generate(written, untilLineEnd)).isEqualTo(generate(told, untilLineEnd));
        }
    }

    @Test
    void theWindowCanBeMadeSmallerAndIsKept() {
        try (Engine small = Engines.open(
                        TestModels.smolLm2(),
                        EngineOptions.standard().withThreads(2).withContextWindow(64));
                Context context = small.newContext()) {
            assertThat(small.info().contextWindow()).isEqualTo(64);
            context.append(Message.user("Count from one to a hundred, in words, with no other text."));
            GenerationEvent.Finished finished =
                    context.generate(GenerationRequest.greedy(500), event -> {}, new Cancellation());
            assertThat(finished.reason()).isEqualTo(FinishReason.WINDOW_FULL);
            assertThat(context.tokenCount()).isEqualTo(64);
        }
    }

    @Test
    void aFolderWithoutAModelIsRefused(@TempDir Path folder) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> Engines.open(folder, EngineOptions.standard()))
                .withMessageContaining("config.json does not exist");
    }

    @Test
    void aDeviceThatIsNotThereIsNotReplacedByAnother() {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> Engines.open(
                        TestModels.smolLm2(), EngineOptions.standard().withDevice(ComputeDevice.of("cuda:999"))))
                .withMessageMatching("There is no (CUDA )?device .*")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(EngineException.Reason.DEVICE_MISSING));
    }
}
