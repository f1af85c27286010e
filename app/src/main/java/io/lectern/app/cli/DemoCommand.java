package io.lectern.app.cli;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.ReadingSession;
import io.lectern.app.analysis.Selection;
import io.lectern.app.demo.Demo;
import io.lectern.app.demo.DemoScore;
import io.lectern.app.report.MatterReport;
import io.lectern.app.report.ReportExport;
import io.lectern.app.report.ReportVerifier;
import io.lectern.app.report.Verification;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Engine;
import io.lectern.engine.Thinking;
import io.lectern.ingest.Progress;
import io.lectern.ingest.extract.DocumentReader;
import io.lectern.ingest.matter.Matter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lectern demo}: the main job from beginning to end, on sample contracts. */
@Command(
        name = "demo",
        description =
                "Reads three sample contracts, asks five questions and writes annotated reports. Fetches the embedded"
                        + " model first if it is not here.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String MATTER = "demo.lectern";

    private final Terminal terminal;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "lectern-demo",
            description = "Where contracts, matter and reports go (default: lectern-demo).")
    private Path out;

    @Mixin
    private EngineOption engine;

    @Mixin
    private ThinkingOption thinking;

    @Option(names = "--json", description = "The summary as one JSON object.")
    private boolean json;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private record Line(String question, Answer.Outcome outcome, boolean right, double jaccard, long quotations) {}

    private record Summary(
            List<Line> answers,
            long answerableRight,
            long answerable,
            long absentRight,
            long absent,
            int quotations,
            int quotationsVerified,
            double readingSeconds,
            double answeringSeconds,
            double seconds,
            String matter,
            List<String> files) {}

    @Override
    public Integer call() throws IOException {
        Demo demo = Demo.load();
        Path contracts = out.resolve("contracts");
        List<Path> samples = demo.writeDocuments(contracts);
        Path file = freshMatter();
        try (Engine model = engine.openFetching(terminal);
                Matter matter = Matter.open(file)) {
            thinking.remarkIfUseless(model, terminal);
            long started = System.nanoTime();
            terminal.remark("Reading %d contracts with %s on %s"
                    .formatted(
                            samples.size(), model.info().model(), model.info().runsOn()));
            matter.ingest(samples, Progress.none());
            List<Answer> answers = new ArrayList<>();
            MatterStore store = MatterStore.of(matter);
            long conversation = store.answers().conversations().getFirst().id();
            double readingSeconds;
            try (ReadingSession session = read(model, matter)) {
                readingSeconds = seconds(started);
                store.tokenCounts().keep(model.info(), session.coverage());
                terminal.remark("Read %s in %.0f s".formatted(session.coverage().summary(), readingSeconds));
                for (Demo.Question question : demo.questions()) {
                    Answering answering = new Answering(terminal, thinking.begin(), false);
                    Answer answer = session.ask(
                            question.question(), answering.thinking(), answering::progress, new Cancellation());
                    store.answers().save(conversation, answer);
                    answers.add(answer);
                    if (!json) {
                        Answering.show(terminal, answer, matter);
                    }
                }
            }
            Path report = out.resolve("report");
            List<Path> files = MatterReport.of(matter, "Demo: three contracts", Version.current(), answers)
                    .export(report)
                    .files();
            // The last word on the quotations has what anybody can do later: the report checked against the files.
            Verification verification = new ReportVerifier(new DocumentReader()::read)
                    .verify(report.resolve(ReportExport.JSON_NAME), List.of(contracts));
            Summary summary = summary(demo, answers, verification, readingSeconds, seconds(started), file, files);
            if (json) {
                terminal.json(summary);
            } else {
                verification.problems().forEach(problem -> terminal.print("FAILED  " + problem.describe()));
                show(summary, contracts);
            }
            return verification.passed() ? ExitCode.DONE : ExitCode.VERIFICATION_FAILED;
        }
    }

    /** The demo begins anew each time: only its own matter is deleted. */
    private Path freshMatter() throws IOException {
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(out.resolve(MATTER + suffix));
        }
        return out.resolve(MATTER);
    }

    private ReadingSession read(Engine model, Matter matter) {
        Selection selection = Selection.of(matter.entries(), entry -> true);
        return ReadingSession.open(
                model,
                selection.load(matter::document),
                selection.leftOut(),
                new Answering(terminal, Thinking.none(), false)::progress,
                new Cancellation());
    }

    private static Summary summary(
            Demo demo,
            List<Answer> answers,
            Verification verification,
            double readingSeconds,
            double seconds,
            Path matter,
            List<Path> files) {
        DemoScore score = DemoScore.of(demo, answers);
        List<Line> lines = IntStream.range(0, answers.size())
                .mapToObj(i -> line(answers.get(i), score.marks().get(i)))
                .toList();
        return new Summary(
                lines,
                score.answerableRight(),
                score.answerable(),
                score.absentRight(),
                score.absent(),
                verification.quotations(),
                verification.verified(),
                readingSeconds,
                answers.stream().mapToDouble(Answer::seconds).sum(),
                seconds,
                matter.toString(),
                files.stream().map(Path::toString).toList());
    }

    private static Line line(Answer answer, DemoScore.Mark mark) {
        long shown = answer.citations().stream().filter(Citation::isShown).count();
        return new Line(answer.question(), answer.outcome(), mark.right(), mark.best(), shown);
    }

    private void show(Summary summary, Path contracts) {
        terminal.print("");
        terminal.print("Summary");
        for (Line line : summary.answers()) {
            terminal.print("  %-5s  %-9s  %s  %s"
                    .formatted(
                            line.right() ? "right" : "WRONG",
                            line.outcome()
                                    .name()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', ' '),
                            line.quotations() == 1 ? "1 quotation " : line.quotations() + " quotations",
                            line.question()));
        }
        terminal.print(
                ("  %d of %d answerable questions right (a shown passage has a token Jaccard index of at least %.1f with an"
                                + " expected span), %d of %d absent clauses reported as not found")
                        .formatted(
                                summary.answerableRight(),
                                summary.answerable(),
                                DemoScore.RIGHT,
                                summary.absentRight(),
                                summary.absent()));
        terminal.print("  %d of %d quotations stand verbatim at their place in the contracts"
                .formatted(summary.quotationsVerified(), summary.quotations()));
        terminal.print("  %.0f s: %.0f s to read the contracts, %.0f s to answer"
                .formatted(summary.seconds(), summary.readingSeconds(), summary.answeringSeconds()));
        terminal.print("");
        terminal.print("Written:");
        summary.files().forEach(name -> terminal.print("  " + name));
        terminal.print("");
        terminal.print("Look at the window:  lectern open " + summary.matter());
        terminal.print("Verify the report:   lectern verify "
                + out.resolve("report").resolve("report.json") + " --sources " + contracts);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
