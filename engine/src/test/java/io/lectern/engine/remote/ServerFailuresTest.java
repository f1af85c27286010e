package io.lectern.engine.remote;

import static io.lectern.engine.remote.ScriptedServer.answer;
import static io.lectern.engine.remote.ScriptedServer.brokenOff;
import static io.lectern.engine.remote.ScriptedServer.delta;
import static io.lectern.engine.remote.ScriptedServer.events;
import static io.lectern.engine.remote.ScriptedServer.finish;
import static io.lectern.engine.remote.ScriptedServer.json;
import static io.lectern.engine.remote.ScriptedServer.silent;
import static io.lectern.engine.remote.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that servers do wrong: what is said of it, what is tried again, what is kept. */
@Timeout(60)
class ServerFailuresTest extends ServerTestBase {
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
}
