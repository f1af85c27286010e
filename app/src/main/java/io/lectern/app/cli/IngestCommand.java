package io.lectern.app.cli;

import io.lectern.app.analysis.NamedDocument;
import io.lectern.app.analysis.PromptAssembler;
import io.lectern.app.store.MatterStore;
import io.lectern.app.store.TokenCounts;
import io.lectern.engine.Engines;
import io.lectern.engine.Tokenizer;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.matter.FileResult;
import io.lectern.ingest.matter.IngestSummary;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern ingest}: files and folders into a matter. */
@Command(
        name = "ingest",
        description = "Reads files and folders into a matter; what has not changed since is not read again."
                + " One line a file.",
        mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private MatterOption matter;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files and folders.")
    private List<Path> paths;

    @Option(names = "--json", description = "One JSON object a file.")
    private boolean json;

    IngestCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private record FileJson(
            FileResult.Outcome outcome,
            String path,
            String name,
            LibraryEntry.Status status,
            String sha256,
            DocumentFormat kind,
            int pages,
            int characters,
            Integer tokens,
            List<Finding> findings) {}

    @Override
    public Integer call() {
        // Counting tokens needs the model's vocabulary, not its weights; without the model the counts are left out.
        EmbeddedModel model = EmbeddedModel.QWEN_2_5_CODER_1_5B;
        Optional<Tokenizer> tokenizer = ModelCache.ofUser().find(model).map(Engines::tokenizer);
        try (Matter opened = matter.openOrCreate()) {
            TokenCounts kept = MatterStore.of(opened).tokenCounts();
            Map<DocumentId, Integer> counts = new HashMap<>(kept.of(model.sha256()));
            IngestSummary summary = opened.ingest(
                    paths,
                    (done, total, what) -> terminal.progress("reading %,d of %,d: %s".formatted(done, total, what)),
                    result -> show(result, tokens(opened, result.entry(), tokenizer, counts)));
            kept.put(model.sha256(), counts);
            if (!json) {
                terminal.remark(summaryLine(summary));
                if (tokenizer.isEmpty()) {
                    terminal.remark("Tokens were not counted: the embedded model is not on this machine"
                            + " (lectern engine fetch embedded).");
                }
            }
            boolean findings = summary.files().stream().anyMatch(IngestCommand::needsReading);
            return findings ? ExitCode.FINDINGS : ExitCode.DONE;
        }
    }

    /** What is left out by rule is left out rightly; a folder that could not be opened is not. */
    private static boolean needsReading(FileResult file) {
        List<Finding> findings = file.entry().findings();
        return file.outcome() == FileResult.Outcome.LEFT_OUT
                ? findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR)
                : Findings.matter(findings);
    }

    /** Tokens of a file in a prompt; null if they cannot be counted here. */
    private static Integer tokens(
            Matter opened, LibraryEntry entry, Optional<Tokenizer> tokenizer, Map<DocumentId, Integer> counts) {
        if (!entry.isUsable()) {
            return 0;
        }
        return tokenizer
                .map(t -> counts.computeIfAbsent(
                        entry.documentId(),
                        id -> PromptAssembler.tokens(t, new NamedDocument(entry.name(), opened.document(id)))))
                .orElse(null);
    }

    private void show(FileResult result, Integer tokens) {
        LibraryEntry entry = result.entry();
        if (json) {
            terminal.json(new FileJson(
                    result.outcome(),
                    entry.path().toString(),
                    entry.name(),
                    entry.status(),
                    entry.documentId() == null ? "" : entry.documentId().sha256(),
                    entry.format(),
                    entry.pages(),
                    entry.characters(),
                    tokens,
                    entry.findings()));
            return;
        }
        terminal.print("%-10s %-13s %5s %,10d characters %8s  %s"
                .formatted(
                        result.outcome()
                                .name()
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', ' '),
                        entry.documentId() == null || entry.format() == null
                                ? ""
                                : entry.format().label(),
                        entry.pages() > 0 ? entry.pages() + " p." : "",
                        entry.characters(),
                        tokens == null ? "" : "%,d tokens".formatted(tokens),
                        entry.name()));
        entry.findings().forEach(finding -> terminal.print("           " + Findings.line(finding)));
    }

    private static String summaryLine(IngestSummary summary) {
        StringBuilder line = new StringBuilder();
        for (FileResult.Outcome outcome : FileResult.Outcome.values()) {
            int count = summary.count(outcome);
            if (count > 0) {
                line.append(line.isEmpty() ? "" : ", ")
                        .append("%,d ".formatted(count))
                        .append(outcome.name()
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', ' '));
            }
        }
        return (line.isEmpty() ? "no files" : line) + " in %.1f s".formatted(summary.seconds());
    }
}
