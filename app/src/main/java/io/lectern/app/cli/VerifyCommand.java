package io.lectern.app.cli;

import io.lectern.app.report.ReportException;
import io.lectern.app.report.ReportVerifier;
import io.lectern.app.report.Verification;
import io.lectern.ingest.extract.DocumentReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern verify}: every quotation of a report looked up in its source again, without any model. */
@Command(
        name = "verify",
        description = "Checks every quotation of an exported report.json against its sources, without any model."
                + " Exit code 4 if one fails.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "REPORT", description = "A report.json that Lectern exported.")
    private Path report;

    @Option(
            names = "--sources",
            paramLabel = "PATH",
            required = true,
            arity = "1..*",
            description = "Files, or folders that hold them; they are known by content, not by name.")
    private List<Path> sources;

    @Option(names = "--json", description = "One JSON object with every problem.")
    private boolean json;

    VerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        requireExisting(report);
        sources.forEach(VerifyCommand::requireExisting);
        Verification verification;
        try {
            verification = new ReportVerifier(new DocumentReader()::read).verify(report, sources);
        } catch (ReportException e) {
            throw new Refusal(ExitCode.WRONG_USE, e.getMessage());
        }
        if (json) {
            terminal.json(verification);
        } else {
            verification.problems().forEach(problem -> terminal.print("FAILED  " + problem.describe()));
            verification.notes().forEach(terminal::remark);
            terminal.print("%d of %d quotations stand verbatim at their place in the sources."
                    .formatted(verification.verified(), verification.quotations()));
        }
        return verification.passed() ? ExitCode.DONE : ExitCode.VERIFICATION_FAILED;
    }

    private static void requireExisting(Path path) {
        if (!Files.exists(path)) {
            throw new Refusal(path + " does not exist");
        }
    }
}
