package io.lectern.app.cli;

import io.lectern.app.analysis.Answer;
import io.lectern.app.report.MatterReport;
import io.lectern.app.report.ReportException;
import io.lectern.app.report.ReportExport;
import io.lectern.app.store.MatterStore;
import io.lectern.ingest.matter.Matter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lectern export}: a matter's answers as a report. */
@Command(
        name = "export",
        description =
                "Writes a matter's answers as a report: a folder with annotated PDFs, report.html and report.json,"
                        + " or one file.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private MatterOption matter;

    @Option(
            names = "--out",
            paramLabel = "DIR|FILE",
            required = true,
            description = "A folder, or a file ending in .pdf (everything bound behind an index), .html or .json.")
    private Path out;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        requireKnownTarget();
        try (Matter opened = matter.open()) {
            MatterStore store = MatterStore.of(opened);
            List<Answer> answers = store.answers().conversations().stream()
                    .flatMap(conversation -> store.answers().answers(conversation.id()).stream())
                    .toList();
            if (answers.isEmpty()) {
                throw new Refusal("The matter has no answers yet: lectern ask --matter FILE QUESTION");
            }
            write(terminal, MatterReport.of(opened, matter.name(), Version.current(), answers), out);
            return ExitCode.DONE;
        }
    }

    private void requireKnownTarget() {
        try {
            ReportExport.Target.of(out);
        } catch (IllegalArgumentException e) {
            throw new Refusal(ExitCode.WRONG_USE, e.getMessage());
        }
    }

    /** Writes a report and says what was written. */
    static ReportExport.Exported write(Terminal terminal, MatterReport report, Path out) {
        try {
            ReportExport.Exported exported = report.export(out);
            exported.notes().forEach(terminal::remark);
            exported.files().forEach(file -> terminal.print(file.toString()));
            return exported;
        } catch (ReportException e) {
            throw new Refusal(e.getMessage());
        }
    }
}
