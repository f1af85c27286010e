package io.lectern.engine.remote;

import static io.lectern.engine.remote.ScriptedServer.answer;
import static io.lectern.engine.remote.ScriptedServer.brokenOff;
import static io.lectern.engine.remote.ScriptedServer.delta;
import static io.lectern.engine.remote.ScriptedServer.events;
import static io.lectern.engine.remote.ScriptedServer.finish;
import static io.lectern.engine.remote.ScriptedServer.json;
import static io.lectern.engine.remote.ScriptedServer.likelihoods;
import static io.lectern.engine.remote.ScriptedServer.silent;
import static io.lectern.engine.remote.ScriptedServer.status;
import static io.lectern.engine.remote.ScriptedServer.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.RemoteOptions;
import io.lectern.engine.Sampling;
import io.lectern.engine.Thinking;
import io.lectern.engine.ThinkingBudget;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RemoteEngineTest {
    private static final String COMPLETIONS = "/v1/chat/completions";
    private static final RemoteOptions OPTIONS = RemoteOptions.standard();

    private ScriptedServer server;
    private final List<GenerationEvent> heard = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = ScriptedServer.start().serving("tiny", 1000).countingWords();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private GenerationEvent.Finished generate(RemoteOptions options, GenerationRequest request) {
        try (Engine engine = Engines.connect(server.base(), options);
                Context context = asked(engine)) {
            return context.generate(request, heard::add, new Cancellation());
        }
    }

    private static Context asked(Engine engine) {
        Context context = engine.newContext();
        context.append(Message.user("Who pays the rent?"));
        return context;
    }

    private String text() {
        return heard.stream()
                .filter(GenerationEvent.Text.class::isInstance)
                .map(event -> ((GenerationEvent.Text) event).text())
                .collect(Collectors.joining());
    }

    private String thoughts() {
        return heard.stream()
                .filter(GenerationEvent.Thought.class::isInstance)
                .map(event -> ((GenerationEvent.Thought) event).text())
                .collect(Collectors.joining());
    }

    private EngineException refusal(RemoteOptions options) {
        return catchThrowableOfType(EngineException.class, () -> generate(options, GenerationRequest.greedy(20)));
    }

    @Test
    void learnsModelAndWindowFromTheServer() {
        server.on("/v1/models", json("""
                        {"data":[{"id":"/models/qwen-1.5b.gguf","owned_by":"llamacpp",
                         "meta":{"n_ctx":8192,"n_ctx_train":32768,"n_params":1500000,"ftype":"Q4_K_M"}}]}""")).on("/props", json("""
                        {"default_generation_settings":{"n_ctx":4096},"chat_template":"{% if x %}<think>{% endif %}"}"""));
        try (Engine engine = Engines.connect(server.base(), OPTIONS)) {
            assertThat(engine.info().model()).isEqualTo("qwen-1.5b");
            assertThat(engine.info().contextWindow()).as("of a slot").isEqualTo(4096);
            assertThat(engine.info().quantization()).isEqualTo("Q4_K_M");
            assertThat(engine.info().parameters()).isEqualTo(1_500_000);
            assertThat(engine.info().local()).isFalse();
            assertThat(engine.info().exactTokens()).isTrue();
            assertThat(engine.info().privacy())
                    .contains(server.base().toString())
                    .contains("on this machine");
            assertThat(engine.thinks()).isTrue();
            assertThat(engine.tokenizer().count("three little words")).isEqualTo(3);
        }
        assertThat(server.asked()).extracting(ScriptedServer.Asked::path).doesNotContain(COMPLETIONS);
    }

    @Test
    void aWindowThatNobodySaysHasToBeGiven() {
        server.on("/v1/models", json("{\"data\":[{\"id\":\"tiny\"}]}"));
        EngineException refusal =
                catchThrowableOfType(EngineException.class, () -> Engines.connect(server.base(), OPTIONS));
        assertThat(refusal).hasMessageContaining("--server-window").hasMessageContaining("tiny");
        try (Engine engine = Engines.connect(server.base(), OPTIONS.withContextWindow(2048))) {
            assertThat(engine.info().contextWindow()).isEqualTo(2048);
        }
    }

    @Test
    void tokensAreEstimatedWhereTheServerCannotCountThem() {
        server.on("/tokenize", status(404, ""));
        try (Engine engine = Engines.connect(server.base(), OPTIONS)) {
            assertThat(engine.info().exactTokens()).isFalse();
            assertThat(engine.tokenizer().count("The Tenant shall pay EUR 1,250.00."))
                    .isBetween(8, 20);
        }
    }

    @Test
    void streamsAnAnswerAndKeepsItInTheConversation() {
        server.on(
                COMPLETIONS,
                events(
                        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}],"
                                + "\"prompt_progress\":{\"total\":40,\"cache\":0,\"processed\":10,\"time_ms\":100}}",
                        delta("content", "The "),
                        delta("content", "tenant."),
                        finish("stop"),
                        usage(40, 5)),
                answer("Yes."));
        try (Engine engine = Engines.connect(server.base(), OPTIONS.withKey("s3cret"));
                Context context = asked(engine)) {
            GenerationEvent.Finished finished =
                    context.generate(GenerationRequest.greedy(20), heard::add, new Cancellation());
            assertThat(finished.text()).isEqualTo("The tenant.").isEqualTo(text());
            assertThat(finished.reason()).isEqualTo(FinishReason.END_OF_TURN);
            assertThat(finished.promptTokens()).isEqualTo(40);
            assertThat(finished.answerTokens()).isEqualTo(5);
            assertThat(heard.getFirst())
                    .isEqualTo(new GenerationEvent.Prefill(10, 40, 100, 0.3, ReadingProgress.ofTokens(10, 40)));
            assertThat(heard.getLast()).isEqualTo(finished);

            context.append(Message.user("Sure?"));
            context.generate(GenerationRequest.greedy(20), heard::add, new Cancellation());
        }
        assertThat(server.completions().getLast().path("messages"))
                .extracting(message -> message.path("role").asText() + ":"
                        + message.path("content").asText())
                .containsExactly("user:Who pays the rent?", "assistant:The tenant.", "user:Sure?");
        assertThat(server.asked()).allSatisfy(request -> {
            assertThat(request.authorization()).isEqualTo("Bearer s3cret");
            assertThat(request.body()).doesNotContain("s3cret");
        });
    }

    @Test
    void aForkGoesItsOwnWay() {
        server.on(COMPLETIONS, answer("Yes."));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine);
                Context fork = context.fork()) {
            fork.append(Message.user(" And when?"));
            assertThat(fork.tokenCount()).isGreaterThan(context.tokenCount());
            context.generate(GenerationRequest.greedy(5), heard::add, new Cancellation());
            fork.generate(GenerationRequest.greedy(5), heard::add, new Cancellation());
        }
        assertThat(server.completions())
                .extracting(asked -> asked.path("messages").toString())
                .containsExactly(
                        "[{\"role\":\"user\",\"content\":\"Who pays the rent?\"}]",
                        "[{\"role\":\"user\",\"content\":\"Who pays the rent? And when?\"}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reasoning", "reasoning_content"})
    void thinkingThatTheServerTellsApart(String field) {
        server.on(
                COMPLETIONS,
                events(
                        delta(field, "Who could "),
                        delta(field, "it be?"),
                        delta("content", "The tenant."),
                        finish("stop")));
        GenerationEvent.Finished finished = generate(OPTIONS, thinking(50));
        assertThat(finished.thinking()).isEqualTo("Who could it be?").isEqualTo(thoughts());
        assertThat(finished.text()).isEqualTo("The tenant.");
        assertThat(server.completions()
                        .getLast()
                        .at("/chat_template_kwargs/enable_thinking")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void thinkingBetweenMarkersThatAreCutAnywhere() {
        server.on(
                COMPLETIONS,
                events(
                        delta("content", "<th"),
                        delta("content", "ink>\nWho could it be?</"),
                        delta("content", "think>\n\nThe "),
                        delta("content", "tenant."),
                        finish("stop")));
        GenerationEvent.Finished finished = generate(OPTIONS, thinking(50));
        assertThat(finished.thinking()).isEqualTo("Who could it be?").isEqualTo(thoughts());
        assertThat(finished.text()).isEqualTo("The tenant.").isEqualTo(text());
    }

    private static GenerationRequest thinking(int tokens) {
        return GenerationRequest.greedy(20).withThinking(new Thinking(new ThinkingBudget(tokens)));
    }

    @Test
    void thinkingBeyondItsBudgetIsEndedAndTheServerGoesOnFromThere() {
        String[] thought = new String[200];
        Arrays.fill(thought, delta("reasoning_content", "hm "));
        server.on(COMPLETIONS, silent(thought), answer("The tenant."));

        GenerationEvent.Finished finished = generate(OPTIONS, thinking(10));

        assertThat(finished.text()).isEqualTo("The tenant.");
        assertThat(finished.thinkingTokens()).isBetween(10, 100);
        JsonNode second = server.completions().getLast();
        assertThat(second.path("continue_final_message").asBoolean()).isTrue();
        assertThat(second.path("messages").get(1).path("role").asText()).isEqualTo("assistant");
        assertThat(second.path("messages").get(1).path("content").asText())
                .startsWith("<think>\nhm hm ")
                .endsWith("</think>\n\n");
        assertThat(server.completions()
                        .getFirst()
                        .path("thinking_budget_tokens")
                        .asInt())
                .isEqualTo(10);
    }

    @Test
    void theAnswerCanBeHadNow() {
        server.on(COMPLETIONS, silent(delta("reasoning_content", "Let me see")), answer("The tenant."));
        Thinking leave = new Thinking(ThinkingBudget.DEEP);
        try (Engine engine = Engines.connect(server.base(), OPTIONS.withContextWindow(900));
                Context context = asked(engine)) {
            GenerationEvent.Finished finished = context.generate(
                    GenerationRequest.greedy(20).withThinking(leave),
                    event -> {
                        if (event instanceof GenerationEvent.Thought) {
                            leave.answerNow();
                        }
                    },
                    new Cancellation());
            assertThat(finished.thinking()).isEqualTo("Let me see");
            assertThat(finished.text()).isEqualTo("The tenant.");
        }
    }

    @Test
    void aServerThatCannotGoOnFromThereIsLetThink() {
        server.on(
                COMPLETIONS,
                silent(delta("reasoning_content", "Let me see")),
                status(400, "{\"error\":{\"message\":\"Extra inputs are not permitted\"}}"),
                events(delta("reasoning_content", "Who pays?"), delta("content", "The tenant."), finish("stop")));
        GenerationEvent.Finished finished = generate(OPTIONS, GenerationRequest.greedy(20));
        assertThat(finished.text()).isEqualTo("The tenant.");
        assertThat(finished.thinking()).isEqualTo("Who pays?");
    }

    @Test
    void aServerThatKnowsThePlainInterfaceOnlyIsLetThinkToo() {
        String[] thought = new String[200];
        Arrays.fill(thought, delta("reasoning_content", "hm "));
        server.on(
                COMPLETIONS,
                status(422, "{\"detail\":\"Unexpected keys\"}"),
                silent(thought),
                events(delta("reasoning_content", "Who pays?"), delta("content", "The tenant."), finish("stop")));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            GenerationEvent.Finished finished = context.generate(thinking(10), heard::add, new Cancellation());
            assertThat(finished.text()).isEqualTo("The tenant.");
        }
        assertThat(server.completions())
                .as("its own words are never sent to it as if they were said to it")
                .allSatisfy(asked -> assertThat(asked.path("messages")).hasSize(1));
    }

    @Test
    void stopStringsEndTheAnswerAndAreNoPartOfIt() {
        server.on(COMPLETIONS, silent(delta("content", "The tenant.\nEN"), delta("content", "D and more")));
        GenerationEvent.Finished finished =
                generate(OPTIONS, new GenerationRequest(20, Sampling.GREEDY, List.of("\nEND")));
        assertThat(finished.reason()).isEqualTo(FinishReason.STOP_STRING);
        assertThat(finished.text()).isEqualTo("The tenant.").isEqualTo(text());
    }

    @Test
    void aServerThatDoesNotStreamIsUnderstood() {
        server.on(COMPLETIONS, json("""
                {"choices":[{"message":{"role":"assistant","content":"The tenant."},"finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":3}}"""));
        GenerationEvent.Finished finished = generate(OPTIONS, GenerationRequest.greedy(3));
        assertThat(finished.text()).isEqualTo("The tenant.");
        assertThat(finished.reason()).isEqualTo(FinishReason.TOKEN_LIMIT);
        assertThat(finished.answerTokens()).isEqualTo(3);
    }

    @Test
    void aServerThatKnowsThePlainInterfaceOnlyIsAskedPlainly() {
        server.on(
                COMPLETIONS,
                status(422, "{\"detail\":\"Unexpected keys: return_progress\"}"),
                answer("The tenant."),
                answer("Again."));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            assertThat(context.generate(GenerationRequest.greedy(5), heard::add, new Cancellation())
                            .text())
                    .isEqualTo("The tenant.");
            context.append(Message.user("?"));
            context.generate(GenerationRequest.greedy(5), heard::add, new Cancellation());
        }
        assertThat(server.completions())
                .extracting(asked -> asked.has("return_progress"))
                .containsExactly(true, false, false);
    }

    @Test
    void scoresByTheLikelihoodsOfFirstTokens() {
        server.on(COMPLETIONS, likelihoods("Yes", -0.5, " Yes", -2.5, "No", -1.5, "Perhaps", -4.0));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            double[] scores = context.score(List.of("Yes", "No", "Never"));
            assertThat(Math.exp(scores[0])).isCloseTo(Math.exp(-0.5) + Math.exp(-2.5), within(1e-9));
            assertThat(scores[1]).isCloseTo(-1.5, within(1e-9));
            assertThat(scores[2]).as("at most the last that was told").isLessThanOrEqualTo(-4.0);
            assertThat(engine.givesLikelihoods()).isTrue();
        }
        assertThat(server.completions().getFirst().path("top_logprobs").asInt()).isEqualTo(20);
        assertThat(server.completions().getFirst().path("max_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void aModelThatCannotButThinkIsScoredBehindAnEmptyThinking() {
        server.on(COMPLETIONS, likelihoods("<think>", -0.01, "Yes", -6.0), likelihoods("Yes", -0.2, "No", -1.8));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            for (int i = 0; i < 2; i++) {
                assertThat(context.score(List.of("Yes", "No")))
                        .containsExactly(new double[] {-0.2, -1.8}, within(1e-9));
            }
            assertThat(engine.thinks()).isTrue();
        }
        assertThat(server.completions())
                .extracting(asked -> asked.path("continue_final_message").asBoolean())
                .containsExactly(false, true, true);
        assertThat(server.completions()
                        .getLast()
                        .path("messages")
                        .get(1)
                        .path("content")
                        .asText())
                .isEqualTo("<think>\n\n</think>\n\n");
    }

    @Test
    void asksWhereTheServerTellsNoLikelihoods() {
        server.on(COMPLETIONS, answer("Y"), answer("<think>\n\n</think>\n\n**No**, it does not."), answer("Perhaps."));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            assertThat(context.score(List.of("Yes", "No"))).containsExactly(Double.NEGATIVE_INFINITY, 0);
            assertThat(engine.givesLikelihoods()).isFalse();
            double[] neither = context.score(List.of("Yes", "No"));
            assertThat(neither[0]).isEqualTo(neither[1]).isFinite();
        }
    }

    @Test
    void asksWhereTheServerRefusesToTellLikelihoods() {
        String refused = "{\"error\":{\"message\":\"logprobs is not supported\"}}";
        server.on(COMPLETIONS, status(400, refused), status(400, refused), answer("Yes"));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            assertThat(context.score(List.of("Yes", "No"))).containsExactly(0, Double.NEGATIVE_INFINITY);
            assertThat(engine.givesLikelihoods()).isFalse();
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsSent() {
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = engine.newContext()) {
            EngineException refusal = catchThrowableOfType(
                    EngineException.class, () -> context.append(Message.user("word ".repeat(1001))));
            assertThat(refusal.reason()).isEqualTo(Reason.DOES_NOT_FIT);
            assertThat(refusal).hasMessageContaining("1,009").hasMessageContaining("1,000");
            assertThat(context.tokenCount()).isZero();
        }
        assertThat(server.completions()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"message\":\"request exceeds\","
                        + "\"n_prompt_tokens\":900,\"n_ctx\":512}}",
                "{\"error\":{\"message\":\"This model's maximum context length is 512 tokens. However, you requested 900"
                        + " tokens\",\"type\":\"BadRequestError\"}}"
            })
    void aServerWithASmallerWindowThanItSays(String body) {
        server.on(COMPLETIONS, status(400, body));
        EngineException refusal = refusal(OPTIONS);
        assertThat(refusal.reason()).isEqualTo(Reason.DOES_NOT_FIT);
        assertThat(refusal).hasMessageContaining("512").hasMessageContaining("less than it said");
        assertThat(server.completions()).as("it is not tried again").hasSize(1);
    }

    @Test
    void aServerThatDiesInTheMiddleOfItsAnswer() {
        server.on(COMPLETIONS, brokenOff(delta("content", "The ten")));
        EngineException failure = refusal(OPTIONS);
        assertThat(failure.reason()).isEqualTo(Reason.SERVER);
        assertThat(failure).hasMessageContaining(server.base().toString()).hasMessageContaining("middle of the answer");
        assertThat(text()).as("what was there is not lost").isEqualTo("The ten");
        assertThat(server.completions())
                .as("half an answer is not asked for again")
                .hasSize(1);
    }

    @Test
    void anAnswerWithoutItsEnd() {
        server.on(COMPLETIONS, exchange -> {
            try (var out = ScriptedServer.begin(exchange)) {
                ScriptedServer.write(out, delta("content", "The ten"));
            }
        });
        assertThat(refusal(OPTIONS)).hasMessageContaining("before it was complete");
        assertThat(text()).isEqualTo("The ten");
    }

    @Test
    void eventsThatAreNoEvents() {
        server.on(COMPLETIONS, events(delta("content", "The "), "{\"choices\":[{\"del", finish("stop")));
        EngineException failure = refusal(OPTIONS);
        assertThat(failure.reason()).isEqualTo(Reason.SERVER);
        assertThat(failure).hasMessageContaining("not understood");
        assertThat(text()).isEqualTo("The ");
    }

    @Test
    void anErrorInTheMiddleOfTheStream() {
        server.on(
                COMPLETIONS,
                events(delta("content", "The "), "{\"error\":{\"code\":500,\"message\":\"out of memory\"}}"));
        assertThat(refusal(OPTIONS))
                .hasMessageContaining("failed in the middle")
                .hasMessageContaining("500");
        assertThat(text()).isEqualTo("The ");
    }

    @Test
    void aServerThatFallsSilent() {
        server.on(COMPLETIONS, silent(delta("content", "The ten")));
        EngineException failure = refusal(OPTIONS.withPatience(Duration.ofSeconds(30), Duration.ofMillis(300)));
        assertThat(failure).hasMessageContaining("Nothing was heard");
        assertThat(text()).isEqualTo("The ten");

        server.on(COMPLETIONS, silent());
        assertThat(refusal(OPTIONS.withPatience(Duration.ofMillis(300), Duration.ofSeconds(30))))
                .hasMessageContaining("Nothing was heard");
    }

    @Test
    void aBusyServerIsAskedAgain() {
        server.on(
                COMPLETIONS,
                status(503, "{\"error\":{\"message\":\"Loading model\"}}"),
                status(429, "", "Retry-After", "0"),
                answer("The tenant."));
        assertThat(generate(OPTIONS, GenerationRequest.greedy(5)).text()).isEqualTo("The tenant.");
        assertThat(server.completions()).hasSize(3);
    }

    @Test
    void aServerThatStaysBusyIsGivenUp() {
        server.on(COMPLETIONS, status(429, ""));
        assertThat(refusal(OPTIONS.withAttempts(2))).hasMessageContaining("429").hasMessageContaining("too much to do");
        assertThat(server.completions()).hasSize(2);
    }

    @Test
    void aServerThatFailsIsNotAskedAgain() {
        server.on(COMPLETIONS, status(500, "{\"error\":{\"message\":\"CUDA error\"}}"));
        assertThat(refusal(OPTIONS)).hasMessageContaining("HTTP 500").hasMessageContaining("CUDA error");
        assertThat(server.completions()).hasSize(1);
    }

    @Test
    void aRefusedKey() {
        server.on(COMPLETIONS, status(401, "{\"error\":{\"message\":\"bad key wr0ng\"}}"));
        EngineException failure = refusal(OPTIONS.withKey("wr0ng"));
        assertThat(failure).hasMessageContaining("LECTERN_API_KEY").hasMessageNotContaining("wr0ng");
        assertThat(OPTIONS.withKey("wr0ng").toString()).doesNotContain("wr0ng");
    }

    @Test
    void whatWasSentIsNotPassedOnInAMessage() {
        server.on(
                COMPLETIONS,
                exchange -> status(400, "{\"error\":{\"message\":\"cannot take: Who pays the rent? I ask you\"}}")
                        .send(exchange));
        server.on("/v1/models", json("{\"data\":[{\"id\":\"tiny\",\"max_model_len\":1000}]}"));
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = engine.newContext()) {
            context.append(Message.user("Listen. Who pays the rent? I ask you. It is a secret."));
            EngineException failure = catchThrowableOfType(
                    EngineException.class,
                    () -> context.generate(GenerationRequest.greedy(5), heard::add, new Cancellation()));
            assertThat(failure).hasMessageContaining("HTTP 400").hasMessageNotContaining("rent");
        }
    }

    @Test
    void textGoesOnlyWhereTheUserSaid() throws IOException {
        try (ScriptedServer other = ScriptedServer.start()) {
            server.on(COMPLETIONS, status(307, "", "Location", other.base() + "/chat/completions"));
            assertThat(refusal(OPTIONS.withKey("s3cret"))).hasMessageContaining("not followed");
            assertThat(other.asked()).isEmpty();
        }
    }

    @Test
    void callingOffClosesTheConnectionAndKeepsWhatThereWas() {
        server.on(COMPLETIONS, silent(delta("content", "The ten")));
        Cancellation cancellation = new Cancellation();
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            GenerationEvent.Finished finished = context.generate(
                    GenerationRequest.greedy(20),
                    event -> {
                        heard.add(event);
                        if (event instanceof GenerationEvent.Text) {
                            cancellation.cancel();
                        }
                    },
                    cancellation);
            assertThat(finished.reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(finished.text()).isEqualTo("The ten").isEqualTo(text());
        }
    }

    @Test
    void callingOffBeforeTheServerSaysAnything() throws Exception {
        server.on(COMPLETIONS, exchange -> {
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Cancellation cancellation = new Cancellation();
        try (Engine engine = Engines.connect(server.base(), OPTIONS);
                Context context = asked(engine)) {
            Thread.startVirtualThread(() -> {
                while (server.completions().isEmpty()) {
                    Thread.onSpinWait();
                }
                cancellation.cancel();
            });
            assertThat(context.generate(GenerationRequest.greedy(20), heard::add, cancellation)
                            .reason())
                    .isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    @Timeout(180)
    void aCertificateOfOnesOwnIsTrustedWhenItIsNamed(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        Path certificate = Files.writeString(
                folder.resolve("server.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("server").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "changeit".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        try (ScriptedServer secure = new ScriptedServer(https, "https").serving("tiny", 1000)) {
            secure.on(COMPLETIONS, answer("The tenant."));
            EngineException refusal =
                    catchThrowableOfType(EngineException.class, () -> Engines.connect(secure.base(), OPTIONS));
            assertThat(refusal).hasMessageContaining("not trusted").hasMessageContaining("--server-certificate");

            try (Engine engine = Engines.connect(secure.base(), OPTIONS.withCertificates(certificate));
                    Context context = asked(engine)) {
                assertThat(context.generate(GenerationRequest.greedy(5), heard::add, new Cancellation())
                                .text())
                        .isEqualTo("The tenant.");
            }
        }
        Path nothing = Files.writeString(folder.resolve("no.pem"), "hello");
        assertThat(catchThrowableOfType(
                        EngineException.class, () -> Engines.connect(server.base(), OPTIONS.withCertificates(nothing))))
                .hasMessageContaining("no.pem");
    }

    @Test
    void nobodyAnswers() throws IOException {
        URI gone = server.base();
        server.close();
        EngineException failure = catchThrowableOfType(EngineException.class, () -> Engines.connect(gone, OPTIONS));
        assertThat(failure.reason()).isEqualTo(Reason.SERVER);
        assertThat(failure).hasMessageContaining("No server answers").hasMessageContaining(gone.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host/v1", "http:///v1", "http://user:pa55@host/v1", "host:80/v1"})
    void whatIsNoAddressOfAServer(String address) {
        EngineException failure =
                catchThrowableOfType(EngineException.class, () -> Engines.connect(URI.create(address), OPTIONS));
        assertThat(failure.reason()).isEqualTo(Reason.SERVER);
        assertThat(failure).hasMessageNotContaining("pa55");
    }

    @Test
    void whatIsNotAnOpenAiCompatibleServer() {
        server.on("/v1/models", status(200, "<html>Welcome</html>"));
        assertThat(catchThrowableOfType(EngineException.class, () -> Engines.connect(server.base(), OPTIONS)))
                .hasMessageContaining("OpenAI-compatible");
        assertThat(catchThrowableOfType(EngineException.class, () -> Engines.connect(server.root(), OPTIONS)))
                .hasMessageContaining("/v1");
    }
}
