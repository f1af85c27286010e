package io.lectern.engine.remote;

import static io.lectern.engine.remote.ScriptedServer.answer;
import static io.lectern.engine.remote.ScriptedServer.delta;
import static io.lectern.engine.remote.ScriptedServer.events;
import static io.lectern.engine.remote.ScriptedServer.finish;
import static io.lectern.engine.remote.ScriptedServer.json;
import static io.lectern.engine.remote.ScriptedServer.likelihoods;
import static io.lectern.engine.remote.ScriptedServer.silent;
import static io.lectern.engine.remote.ScriptedServer.status;
import static io.lectern.engine.remote.ScriptedServer.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.ReadingProgress;
import io.lectern.engine.Sampling;
import io.lectern.engine.Thinking;
import io.lectern.engine.ThinkingBudget;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers and likelihoods: streamed, with thinking, called off. */
@Timeout(60)
class RemoteContextTest extends ServerTestBase {
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

    private static GenerationRequest thinking(int tokens) {
        return GenerationRequest.greedy(20).withThinking(new Thinking(new ThinkingBudget(tokens)));
    }
}
