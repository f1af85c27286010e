package io.lectern.engine.remote;

import static io.lectern.engine.remote.ScriptedServer.answer;
import static io.lectern.engine.remote.ScriptedServer.json;
import static io.lectern.engine.remote.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Engines;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting: what a server serves, how tokens are counted, where text goes. */
@Timeout(60)
class RemoteEngineTest extends ServerTestBase {
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

    @Test
    void textGoesOnlyWhereTheUserSaid() throws IOException {
        try (ScriptedServer other = ScriptedServer.start()) {
            server.on(COMPLETIONS, status(307, "", "Location", other.base() + "/chat/completions"));
            assertThat(refusal(OPTIONS.withKey("s3cret"))).hasMessageContaining("not followed");
            assertThat(other.asked()).isEmpty();
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
