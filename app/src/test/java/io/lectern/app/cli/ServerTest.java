package io.lectern.app.cli;

import static io.lectern.engine.remote.ScriptedServer.answer;
import static io.lectern.engine.remote.ScriptedServer.brokenOff;
import static io.lectern.engine.remote.ScriptedServer.delta;
import static io.lectern.engine.remote.ScriptedServer.likelihoods;
import static io.lectern.engine.remote.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lectern.app.analysis.Answer;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.remote.ScriptedServer;
import io.lectern.ingest.matter.Matter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with a server as their engine: what is sent, what is said of it, and what becomes of its failures. */
class ServerTest {
    private static final String COMPLETIONS = "/v1/chat/completions";
    private static final String LEASE = "𝄞 LEASE 𝄞\nThe lease ends on 31 May 2031 and is not renewed by itself.\n";
    private static final String DRAFT = "The lease ends on 31 May 2031.";
    private static final ScriptedServer.Reply YES = likelihoods("Yes", -0.1, "No", -3.0);

    @TempDir
    Path folder;

    private final Lectern lectern = new Lectern();
    private ScriptedServer server;
    private Path matter;

    @BeforeEach
    void start() throws IOException {
        Path documents = Files.createDirectory(folder.resolve("documents"));
        Files.writeString(documents.resolve("lease.txt"), LEASE);
        Files.writeString(documents.resolve("other.txt"), "Nobody chose this one.");
        matter = folder.resolve("m.lectern");
        lectern.run("ingest", "--matter", matter, documents);
        server = ScriptedServer.start().serving("tiny", 4000).countingWords();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int ask(Object... more) {
        return lectern.run(Stream.concat(
                        Stream.of(
                                "ask",
                                "--matter",
                                matter,
                                "When does the lease end?",
                                "--documents",
                                "lease.txt",
                                "--engine",
                                server.base()),
                        Stream.of(more))
                .toArray());
    }

    private List<Answer> stored() {
        try (Matter opened = Matter.open(matter)) {
            return MatterStore.of(opened).answers().answers();
        }
    }

    /** Judges Yes, and writes what it is told to. */
    private void answering(ScriptedServer.Reply draft) {
        server.on(COMPLETIONS, exchange -> {
            boolean isJudged = server.completions().getLast().has("top_logprobs");
            (isJudged ? YES : draft).send(exchange);
        });
    }

    @Test
    void anAnswerByAServerIsProvedAndSaysWhereTextWent() throws IOException {
        answering(answer(DRAFT));

        assertThat(ask("--json")).as(lectern.remarks()).isEqualTo(ExitCode.DONE);

        assertThat(lectern.remarks())
                .contains("Text leaves Lectern")
                .contains(server.base().toString());
        JsonNode json = new ObjectMapper().readTree(lectern.output());
        assertThat(json.path("outcome").asText()).isEqualTo("ANSWERED");
        assertThat(json.path("offsetUnit").asText()).isEqualTo("unicode-code-point");
        JsonNode quotation = json.at("/citations/0/quotation");
        int[] codePoints = LEASE.codePoints().toArray();
        int start = quotation.path("start").asInt();
        assertThat(start).as("not in UTF-16 units").isEqualTo(LEASE.indexOf("The lease") - 2);
        assertThat(new String(codePoints, start, quotation.path("end").asInt() - start))
                .isEqualTo(quotation.path("text").asText())
                .contains("31 May 2031");
        assertThat(json.at("/model/local").asBoolean()).isFalse();
        assertThat(json.at("/model/runsOn").asText()).contains(server.base().toString());
        assertThat(json.at("/presence/calibrated").asBoolean()).isFalse();
        assertThat(server.asked())
                .as("what was not chosen is not sent")
                .noneSatisfy(request -> assertThat(request.body()).contains("Nobody chose"));

        Path report = folder.resolve("report.json");
        assertThat(lectern.run("export", "--matter", matter, "--out", report)).isEqualTo(ExitCode.DONE);
        JsonNode exported = new ObjectMapper().readTree(report.toFile());
        assertThat(exported.path("nothingLeftThisMachine").asBoolean()).isFalse();
        assertThat(exported.path("privacy").asText())
                .contains("documents and questions were sent to")
                .contains(server.base().toString());
    }

    @Test
    void whatWasWrittenBeforeTheServerDiedIsKept() {
        answering(brokenOff(delta("content", "The lease ends on ")));

        assertThat(ask()).isEqualTo(ExitCode.REFUSED);

        assertThat(lectern.remarks())
                .contains("broke in the middle of the answer")
                .contains("kept")
                .doesNotContain("Exception");
        assertThat(lectern.output()).contains("The lease ends on");
        assertThat(stored()).singleElement().satisfies(kept -> {
            assertThat(kept.outcome()).isEqualTo(Answer.Outcome.STOPPED);
            assertThat(kept.text()).isEqualTo("The lease ends on");
        });
    }

    @Test
    void aServerThatRefusesIsAWordAndAnExitCode() {
        server.on(COMPLETIONS, status(401, "{}"));
        assertThat(ask()).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("LECTERN_API_KEY").doesNotContain("Exception");
        assertThat(stored()).isEmpty();

        assertThat(ask("--server-window", "40")).isEqualTo(ExitCode.REFUSED);
        assertThat(lectern.remarks()).contains("does not fit").contains("40");
    }

    @Test
    void whatNeedsAModelFileSaysSo() {
        assertThat(lectern.run("engine", "info", server.base())).isEqualTo(ExitCode.WRONG_USE);
        assertThat(lectern.remarks()).contains("a server");
        assertThat(lectern.run("ask", "--matter", matter, "When?", "--engine", "http:not an address"))
                .isEqualTo(ExitCode.WRONG_USE);
    }
}
