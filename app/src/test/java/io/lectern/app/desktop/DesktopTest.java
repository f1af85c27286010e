package io.lectern.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lectern.app.HybridFolder;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.desktop.context.EngineDesk;
import io.lectern.app.desktop.conversation.Working;
import io.lectern.app.desktop.theme.Theme;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.Engines;
import io.lectern.engine.RemoteOptions;
import io.lectern.engine.ThinkingBudget;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import io.lectern.engine.remote.ScriptedServer;
import io.lectern.ingest.Progress;
import io.lectern.ingest.matter.Matter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.embed.swing.SwingFXUtils;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyCode;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The window with real matters; an engine that says what it is told stands for a model of minutes. */
class DesktopTest {
    private static final Path SCREENS = Path.of("target/screens");
    private static final String DRAFT =
            "The Supplier's aggregate liability is capped at the fees paid or payable by the"
                    + " Customer in the twelve (12) months preceding the event giving rise to the claim. The cap does not apply to a"
                    + " breach of Section 9 (Confidentiality).";
    private static final String QUESTION = "What is the supplier's liability capped at?";

    @TempDir
    Path folder;

    private final FxRobot robot = new FxRobot();
    private final ScriptedEngine engine = new ScriptedEngine(32_768, DRAFT);
    private DesktopWindow window;
    private Workbench workbench;

    @BeforeAll
    static void startToolkit() throws Exception {
        FxToolkit.registerPrimaryStage();
        Platform.setImplicitExit(false);
        WaitForAsyncUtils.autoCheckException = true;
        onFx(() -> {
            Theme.loadFonts();
            Theme.apply(ColorScheme.LIGHT);
            return null;
        });
    }

    @BeforeEach
    void sampleFiles() throws IOException {
        SampleFiles.folder(folder);
    }

    @AfterEach
    void closeWindow() throws Exception {
        if (window != null) {
            CountDownLatch closed = new CountDownLatch(1);
            onFx(() -> {
                window.stage().hide();
                window.close(closed::countDown);
                return null;
            });
            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
            window = null;
        }
    }

    @Test
    void saysHowToBeginWithoutAMatter() throws Exception {
        open(null, engineDesk(engine));
        assertThat(robot.lookup("Add a folder…").tryQuery()).isPresent();
        picture("welcome");
    }

    @Test
    void showsTheLibraryWithFindingsAndTheFirstDocument() throws Exception {
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        picture("library");
    }

    @Test
    void answersWithCitationsThatOpenThePage() throws Exception {
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().answers().size() == 1);
        Answer answer = workbench.conversation().answers().getFirst();
        assertThat(answer.outcome()).isEqualTo(Answer.Outcome.ANSWERED);
        assertThat(stored()).containsExactly(answer);
        robot.clickOn(".evidence");
        until(() -> window.isDrawn());
        assertThat(workbench.viewer().currentProperty().get().pageProperty().get())
                .isEqualTo(3);
        picture("answered-light");
        onFx(() -> {
            Theme.apply(ColorScheme.DARK);
            return null;
        });
        settle();
        picture("answered-dark");
        onFx(() -> {
            Theme.apply(ColorScheme.LIGHT);
            return null;
        });
    }

    @Test
    void stopsWhileReading() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        engine.holdReading(gate);
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().workingProperty().get() != null
                && workbench
                        .conversation()
                        .workingProperty()
                        .get()
                        .stageProperty()
                        .get()
                        .startsWith("Reading"));
        settle();
        picture("reading");
        robot.type(KeyCode.ESCAPE);
        until(() -> workbench.conversation().answers().size() == 1);
        assertThat(workbench.conversation().answers().getFirst().outcome()).isEqualTo(Answer.Outcome.STOPPED);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void letsAReadingRestAndGoOn() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        engine.holdReading(gate);
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().readingNowProperty().get());
        robot.clickOn("#pause");
        until(() -> workbench.conversation().pausedProperty().get());
        gate.countDown();
        settle();
        picture("paused");
        // Nothing holds it but the pause, and still it rests.
        Working resting = workbench.conversation().workingProperty().get();
        assertThat(resting.stageProperty().get()).isEqualTo("Reading paused");
        assertThat(workbench.conversation().answers()).isEmpty();
        robot.clickOn("#pause");
        until(() -> workbench.conversation().answers().size() == 1);
        assertThat(workbench.conversation().answers().getFirst().outcome()).isEqualTo(Answer.Outcome.ANSWERED);
        assertThat(workbench.conversation().pausedProperty().get()).isFalse();
    }

    @Test
    void stopsWhileDraftingAndKeepsWhatWasWritten() throws Exception {
        engine.holdWriting(new CountDownLatch(1));
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().workingProperty().get() != null
                && !workbench
                        .conversation()
                        .workingProperty()
                        .get()
                        .draftProperty()
                        .get()
                        .isEmpty());
        settle();
        picture("drafting");
        robot.clickOn("#stop");
        until(() -> workbench.conversation().answers().size() == 1);
        Answer answer = workbench.conversation().answers().getFirst();
        assertThat(answer.outcome()).isEqualTo(Answer.Outcome.STOPPED);
        assertThat(answer.text()).isNotEmpty();
        assertThat(DRAFT).startsWith(answer.text());
        settle();
        picture("stopped");
    }

    @Test
    void showsThinkingFoldedAndAnswersNowWhenAsked() throws Exception {
        engine.setThought("The question is about the cap. \"No cap applies to anything at all\" would be wrong. ");
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn()
                && workbench.conversation().thinking().offeredProperty().get());
        robot.clickOn("#thinking");
        settle();
        picture("thinking-choice");
        robot.clickOn("Deep – up to 40,000 tokens");
        until(() -> workbench.conversation().thinking().budgetProperty().get().equals(ThinkingBudget.DEEP));

        ask(QUESTION);
        until(() -> workbench.conversation().thinkingNowProperty().get());
        robot.clickOn(".thinking-title");
        settle();
        picture("thinking");
        assertThat(robot.lookup(".thinking-title").queryLabeled().getText()).matches("Thinking… [\\d,]+ tokens");
        robot.clickOn("#answer-now");
        until(() -> workbench.conversation().answers().size() == 1);
        assertThat(robot.lookup("#answer-now").query().isVisible()).isFalse();
        Answer answer = workbench.conversation().answers().getFirst();
        assertThat(answer.outcome()).isEqualTo(Answer.Outcome.ANSWERED);
        assertThat(answer.text()).isEqualTo(DRAFT);
        assertThat(answer.hasThought()).isTrue();
        assertThat(answer.citations()).extracting(Citation::written).containsOnly("");
        assertThat(stored()).containsExactly(answer);
        settle();
        picture("thought-folded");
        robot.clickOn(".thinking-title");
        settle();
        assertThat(((TextArea) robot.lookup(".thinking-words").query()).getText())
                .isEqualTo(answer.drafting().thinking());
        picture("thought");
        try (Matter again = Matter.open(folder.resolve("Northwind acquisition.lectern"))) {
            assertThat(MatterStore.of(again).settings().get("thinking")).contains("deep");
        }
    }

    @Test
    void offersTheModelWhereThereIsNone() throws Exception {
        open(
                matter(),
                new EngineDesk(
                        new ModelCache(folder.resolve("empty")),
                        EmbeddedModel.QWEN_2_5_CODER_1_5B,
                        null,
                        (file, loading) -> engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().problemProperty().get() != null);
        settle();
        picture("no-model");
        assertThat(robot.lookup("Fetch it (1.1 GB)").tryQuery()).isPresent();
        assertThat(Files.exists(folder.resolve("empty"))).isFalse();
        assertThat(workbench.conversation().questionProperty().get()).isEqualTo(QUESTION);
    }

    @Test
    void aServerIsNamedAndWhatItWroteBeforeItFailedIsKept() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.start().serving("served", 32_768).countingWords()) {
            server.on("/v1/chat/completions", exchange -> {
                boolean isJudged = server.completions().getLast().has("top_logprobs");
                (isJudged
                                ? ScriptedServer.likelihoods("Yes", -0.1, "No", -3.0)
                                : ScriptedServer.brokenOff(ScriptedServer.delta("content", "The fee is ")))
                        .send(exchange);
            });
            open(
                    matter(),
                    engineDesk(engine).withServer(() -> Engines.connect(server.base(), RemoteOptions.standard())));
            until(() -> workbench.context().engineProperty().get() != null);
            assertThat(workbench.context().engineWordsProperty().get())
                    .contains("served")
                    .contains("text goes to the server at " + server.base());
            settle();
            assertThat(server.asked())
                    .as("nothing of the library is sent before a question is asked")
                    .noneSatisfy(request -> assertThat(request.body()).contains("Northwind"));

            ask(QUESTION);
            until(() -> workbench.conversation().problemProperty().get() != null);
            settle();
            picture("server-failed");
            assertThat(workbench.conversation().problemProperty().get().message())
                    .contains("broke in the middle of the answer");
            assertThat(workbench.conversation().answers())
                    .singleElement()
                    .satisfies(kept -> assertThat(kept.text()).isEqualTo("The fee is"));
            assertThat(stored()).extracting(Answer::text).containsExactly("The fee is");
        }
    }

    @Test
    void refusesWhatDoesNotFitWithTheNumbers() throws Exception {
        ScriptedEngine small = new ScriptedEngine(2_048, DRAFT);
        open(matter(), engineDesk(small));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().problemProperty().get() != null);
        settle();
        picture("does-not-fit");
        assertThat(workbench.conversation().problemProperty().get().message()).contains("2,048");
    }

    @Test
    void showsWordsAndCodeWithTheirNumbers() throws Exception {
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        openDocument("tracked");
        settle();
        picture("docx");
        openDocument("RatePlan");
        settle();
        onFx(() -> {
            workbench.viewer().find("rate17");
            return null;
        });
        until(() -> workbench.viewer().findStatusProperty().get().startsWith("1 of"));
        settle();
        picture("code");
    }

    @Test
    void walksThroughCitationsAndBringsEachIntoView() throws Exception {
        engine.setDraft(
                "It is capped: \"In no event shall the aggregate liability of the Supplier under this Agreement\""
                        + " exceed the fees, and \"Should either party undergo a Change of Control, the other party may terminate\""
                        + " the agreement.");
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().answers().size() == 1);
        List<Citation> citations = List.copyOf(workbench.viewer().citations());
        assertThat(citations).hasSizeGreaterThan(1);
        for (Citation citation : citations) {
            onFx(() -> {
                workbench.viewer().next();
                return null;
            });
            assertThat(workbench.viewer().activeProperty().get()).isEqualTo(citation);
            until(() -> window.isDrawn()
                    && workbench
                            .viewer()
                            .currentProperty()
                            .get()
                            .id()
                            .equals(citation.passage().documentId()));
            settle();
            Bounds active = robot.lookup(".highlight-active").queryAll().stream()
                    .filter(Node::isVisible)
                    .map(node -> node.localToScene(node.getBoundsInLocal()))
                    .findFirst()
                    .orElseThrow();
            assertThat(window.scene().getWidth()).isGreaterThan(active.getMaxX());
            assertThat(active.getMinY()).isBetween(100.0, 800.0);
        }
        picture("last-citation");
    }

    @Test
    void showsStoredAnswersAgain() throws Exception {
        Matter first = matter();
        open(first, engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().answers().size() == 1);
        engine.setProbabilityOfYes(0.1);
        engine.setDraft("Yes, competing businesses are forbidden for three years.");
        ask("Is there a non-compete clause?");
        until(() -> workbench.conversation().answers().size() == 2);
        List<Answer> given = List.copyOf(workbench.conversation().answers());
        assertThat(given.getLast().outcome()).isEqualTo(Answer.Outcome.NOT_FOUND);
        settle();
        picture("not-found");
        closeWindow();
        assertThat(engine.isClosed()).isTrue();

        open(Matter.open(first.file()), engineDesk(new ScriptedEngine(32_768, DRAFT)));
        until(() -> window.isDrawn());
        assertThat(workbench.conversation().answers()).isEqualTo(given);
    }

    @Test
    void addsFilesAndChoosesThem() throws Exception {
        Matter matter = matter();
        open(matter, engineDesk(engine));
        until(() -> window.isDrawn());
        long before = workbench.library().chosenCountProperty().get();
        Path added = Files.writeString(folder.resolve("Side letter.txt"), "The side letter says nothing of a cap.");
        onFx(() -> {
            workbench.library().add(List.of(added));
            return null;
        });
        until(() -> workbench.library().chosenCountProperty().get() == before + 1);
        assertThat(robot.lookup("Side letter.txt").tryQuery()).isPresent();
        until(() -> workbench.activities().running().isEmpty());
        // Taken out of the choice by the space bar, and still out of it when the matter is opened again.
        robot.clickOn("Side letter.txt");
        robot.type(KeyCode.SPACE);
        until(() -> workbench.library().chosenCountProperty().get() == before);
        closeWindow();
        open(Matter.open(matter.file()), engineDesk(new ScriptedEngine(32_768, DRAFT)));
        until(() -> window.isDrawn());
        assertThat(workbench.library().chosenCountProperty().get()).isEqualTo(before);
    }

    @Test
    void opensFourMillionCharactersWithFewNodes() throws Exception {
        String line = "The quick brown fox jumps over the lazy dog, clause by clause, as agreed between the parties. ";
        StringBuilder text = new StringBuilder();
        for (int number = 1; text.length() < 4_000_000; number++) {
            text.append(number)
                    .append(". ")
                    .append(line)
                    .append(number % 50 == 0 ? line.repeat(60) : "")
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("Long.txt"), text);
        Matter matter = Matter.open(folder.resolve("long.lectern"));
        matter.ingest(List.of(file), Progress.none());
        open(matter, engineDesk(engine));
        until(() -> window.isDrawn());
        settle();
        assertThat(robot.lookup(".text-cell").queryAll()).hasSizeBetween(10, 120);
        onFx(() -> {
            workbench.viewer().find("15000. The quick");
            return null;
        });
        until(() -> workbench.viewer().findStatusProperty().get().startsWith("1 of 1"));
        settle();
        picture("long-text");
        assertThat(robot.lookup(".highlight-found").queryAll()).isNotEmpty();
    }

    @Test
    void tellsWhatWasFoundAboutAFile() throws Exception {
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        robot.clickOn(".finding-badge.error");
        settle();
        assertThat(robot.lookup(".findings").tryQuery()).isPresent();
        Node findings = robot.lookup(".findings").query();
        pictureOf(findings.getScene(), "findings");
        robot.type(KeyCode.ESCAPE);
    }

    @Test
    void exportsAReport() throws Exception {
        open(matter(), engineDesk(engine));
        until(() -> window.isDrawn());
        ask(QUESTION);
        until(() -> workbench.conversation().answers().size() == 1);
        Path out = Files.createDirectories(folder.resolve("out"));
        onFx(() -> {
            workbench.export(out);
            return null;
        });
        until(() -> workbench.conversation().problemProperty().get() != null);
        assertThat(out.resolve("report.html")).exists();
        assertThat(out.resolve("report.json")).exists();
        settle();
        picture("exported");
    }

    /** Whatever the smallest model says: it reads, drafts and is cited, and the window shows it. */
    @Test
    void answersWithARealModel() throws Exception {
        Optional<Path> model = ModelCache.ofUser().find(EmbeddedModel.SMOLLM2_135M);
        assumeThat(model)
                .as("SmolLM2-135M is not in the model folder (lectern engine fetch)")
                .isPresent();
        Matter matter = Matter.open(folder.resolve("notes.lectern"));
        matter.ingest(List.of(folder.resolve("Northwind acquisition").resolve("Notes.txt")), Progress.none());
        open(
                matter,
                new EngineDesk(
                        ModelCache.ofUser(),
                        EmbeddedModel.SMOLLM2_135M,
                        null,
                        (file, loading) ->
                                Engines.open(file, EngineOptions.standard().withLoading(loading))));
        until(() -> workbench.context().engineProperty().get() != null);
        ask("Which point is open?");
        until(() -> workbench.conversation().answers().size() == 1);
        Answer answer = workbench.conversation().answers().getFirst();
        assertThat(answer.model().name()).containsIgnoringCase("SmolLM2");
        assertThat(answer.coverage().documentsRead()).isEqualTo(1);
        settle();
        picture("real-model");
    }

    /** A hybrid model with weights made by chance thinks and writes nonsense: shown as such, without an error. */
    @Test
    void showsNonsenseOfAHybridModelAsUnproved() throws Exception {
        Path model = HybridFolder.write(folder);
        HybridFolder.beginThinking(model);
        Matter matter = Matter.open(folder.resolve("notes.lectern"));
        matter.ingest(List.of(folder.resolve("Northwind acquisition").resolve("Notes.txt")), Progress.none());
        MatterStore.of(matter).settings().put("thinking", "40");
        open(
                matter,
                new EngineDesk(
                        new ModelCache(folder.resolve("models")),
                        EmbeddedModel.QWEN_2_5_CODER_1_5B,
                        model,
                        (path, loading) ->
                                Engines.open(path, EngineOptions.standard().withLoading(loading))));
        until(() -> workbench.conversation().thinking().offeredProperty().get());
        assertThat(robot.lookup("#thinking").queryLabeled().getText()).isEqualTo("Thinking: 40 tokens");
        ask("Which point is open?");
        until(() -> workbench.conversation().answers().size() == 1);
        Answer answer = workbench.conversation().answers().getFirst();
        assertThat(answer.outcome()).isIn(Answer.Outcome.NOT_FOUND, Answer.Outcome.UNPROVED);
        assertThat(answer.citations()).noneMatch(Citation::isShown);
        assertThat(answer.hasThought()).isTrue();
        assertThat(workbench.conversation().problemProperty().get()).isNull();
        settle();
        picture("hybrid-model");
    }

    private void openDocument(String part) throws Exception {
        var entry = workbench.library().entries().stream()
                .filter(each -> each.name().contains(part))
                .findFirst()
                .orElseThrow();
        onFx(() -> {
            workbench.viewer().open(entry.documentId(), entry.name());
            return null;
        });
        until(() -> workbench.viewer().currentProperty().get() != null
                && workbench.viewer().currentProperty().get().name().equals(entry.name()));
    }

    /** What another program finds in the file. */
    private List<Answer> stored() {
        try (Matter again = Matter.open(folder.resolve("Northwind acquisition.lectern"))) {
            return MatterStore.of(again).answers().answers();
        }
    }

    private Matter matter() {
        Matter matter = Matter.open(folder.resolve("Northwind acquisition.lectern"));
        matter.ingest(List.of(folder.resolve("Northwind acquisition")), Progress.none());
        return matter;
    }

    private EngineDesk engineDesk(ScriptedEngine scripted) throws IOException {
        Path model = Files.writeString(folder.resolve("scripted.gguf"), "");
        return new EngineDesk(
                new ModelCache(folder.resolve("models")),
                EmbeddedModel.QWEN_2_5_CODER_1_5B,
                model,
                (file, loading) -> scripted);
    }

    private void open(Matter matter, EngineDesk desk) throws Exception {
        window = onFx(() -> {
            DesktopWindow made = new DesktopWindow(
                    opened -> {
                        workbench = new Workbench(MatterStore.of(opened), desk, null);
                        return workbench;
                    },
                    true);
            if (matter != null) {
                made.show(matter);
            }
            made.open(() -> 1);
            return made;
        });
    }

    private void ask(String question) throws Exception {
        onFx(() -> {
            workbench.conversation().questionProperty().set(question);
            window.scene().lookup(".composer-text").requestFocus();
            return null;
        });
        robot.push(KeyCode.CONTROL, KeyCode.ENTER);
    }

    private static void settle() {
        WaitForAsyncUtils.waitForFxEvents();
        WaitForAsyncUtils.sleep(200, TimeUnit.MILLISECONDS);
        WaitForAsyncUtils.waitForFxEvents();
    }

    private static void until(BooleanSupplier condition) throws Exception {
        WaitForAsyncUtils.waitFor(30, TimeUnit.SECONDS, () -> onFx(condition::getAsBoolean));
    }

    private static <T> T onFx(Supplier<T> work) throws Exception {
        return WaitForAsyncUtils.waitForAsyncFx(30_000, work::get);
    }

    private void picture(String name) throws Exception {
        pictureOf(window.scene(), name);
    }

    private static void pictureOf(Scene scene, String name) throws Exception {
        Files.createDirectories(SCREENS);
        var image = onFx(() -> SwingFXUtils.fromFXImage(scene.snapshot(null), null));
        ImageIO.write(image, "png", SCREENS.resolve(name + ".png").toFile());
    }
}
