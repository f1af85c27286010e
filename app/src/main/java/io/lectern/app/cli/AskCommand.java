package io.lectern.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.AnswerBrokenOffException;
import io.lectern.app.analysis.DoesNotFitException;
import io.lectern.app.analysis.PromptAssembler;
import io.lectern.app.analysis.ReadingSession;
import io.lectern.app.analysis.Selection;
import io.lectern.app.report.AnswerJson;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Engine;
import io.lectern.engine.Snapshots;
import io.lectern.ingest.document.CodePointOffsets;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern ask}: one question to a matter. */
@Command(
        name = "ask",
        description =
                "Asks a question of a matter's documents. All documents are read, whole, or those that --documents"
                        + " names; which documents are ticked in the window does not count here.",
        mixinStandardHelpOptions = true)
final class AskCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private MatterOption matter;

    @Mixin
    private EngineOption engine;

    @Mixin
    private ThinkingOption thinking;

    @Option(
            names = "--show-thinking",
            description = "Shows what the model thinks, on standard error, and adds it to the JSON.")
    private boolean showThinking;

    @Parameters(paramLabel = "QUESTION", description = "The question.")
    private String question;

    @Option(
            names = "--documents",
            paramLabel = "GLOB",
            arity = "1..*",
            description = "Only documents whose name in the library matches, such as '*.pdf' or 'leases/**'.")
    private List<String> globs = List.of();

    @Option(
            names = "--keep-reading",
            negatable = true,
            description =
                    "Whether to keep on disk, encrypted, what is read, and to take up what was kept, whatever is set for"
                            + " the matter: see lectern readings.")
    private Boolean keep;

    @Option(
            names = "--json",
            description = "The answer as one JSON object, as in report.json; offsets count Unicode code points.")
    private boolean json;

    AskCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (question.isBlank()) {
            throw new Refusal(ExitCode.WRONG_USE, "the question is empty");
        }
        try (Matter opened = matter.open()) {
            MatterStore store = MatterStore.of(opened);
            Selection selection = Selection.of(opened.entries(), chosen());
            if (selection.chosen().isEmpty()) {
                throw new Refusal(
                        globs.isEmpty()
                                ? "The matter has no document with text: lectern ingest --matter FILE PATH…"
                                : "No document with text has a name that matches " + String.join(" ", globs));
            }
            try {
                keepAndShow(answer(opened, store, selection), opened, store);
                return ExitCode.DONE;
            } catch (AnswerBrokenOffException e) {
                keepAndShow(e.partial(), opened, store);
                throw new Refusal(e.getMessage() + " What was written until then is kept.");
            }
        }
    }

    private void keepAndShow(Answer answer, Matter opened, MatterStore store) {
        store.answers().save(store.answers().conversations().getLast().id(), answer);
        if (json) {
            terminal.json(json(answer, opened));
        } else {
            Answering.show(terminal, answer, opened);
        }
    }

    private Answer answer(Matter opened, MatterStore store, Selection selection) {
        try (Engine model = engine.open(terminal)) {
            thinking.remarkIfUseless(model, terminal);
            Answering answering = new Answering(terminal, thinking.begin(), showThinking);
            PromptAssembler.refuseTooLarge(
                    selection, store.tokenCounts().of(model.info().sha256()), model.info());
            try (ReadingSession session = read(model, opened, store, selection, answering)) {
                store.tokenCounts().keep(model.info(), session.coverage());
                Answer answer = session.ask(question, answering.thinking(), answering::progress, new Cancellation());
                answering.end();
                return answer;
            }
        } catch (DoesNotFitException e) {
            throw new Refusal(e.getMessage());
        }
    }

    private ReadingSession read(
            Engine model, Matter opened, MatterStore store, Selection selection, Answering answering) {
        boolean keeps = keep == null ? store.readings().isOn() : keep;
        Optional<Snapshots> kept = keeps ? Optional.of(store.readings().open()) : Optional.empty();
        try {
            return ReadingSession.open(
                    model,
                    selection.load(opened::document),
                    selection.leftOut(),
                    kept,
                    answering::progress,
                    new Cancellation());
        } finally {
            kept.ifPresent(snapshots -> snapshots.key().close());
        }
    }

    private ObjectNode json(Answer answer, Matter opened) {
        ObjectNode node = AnswerJson.of(answer, opened::document).put("offsetUnit", CodePointOffsets.UNIT);
        if (showThinking && answer.drafting() != null) {
            node.put("thinking", answer.drafting().thinking());
        }
        return node;
    }

    /** A glob without a slash looks at the file's own name, one with a slash at the whole path in the library. */
    private Predicate<LibraryEntry> chosen() {
        List<Predicate<LibraryEntry>> matchers = globs.stream()
                .<Predicate<LibraryEntry>>map(glob -> {
                    PathMatcher matcher = matcher(glob);
                    return entry -> {
                        Path name = Path.of(entry.name());
                        return matcher.matches(name) || (!glob.contains("/") && matcher.matches(name.getFileName()));
                    };
                })
                .toList();
        return entry -> matchers.isEmpty() || matchers.stream().anyMatch(m -> m.test(entry));
    }

    private static PathMatcher matcher(String glob) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw new Refusal(ExitCode.WRONG_USE, "'" + glob + "' is no pattern for names: " + e.getDescription());
        }
    }
}
