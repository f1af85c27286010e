package io.lectern.app.cli;

import io.lectern.ingest.document.Finding;
import java.util.List;

/** Findings for people, and what they mean for the exit code. */
final class Findings {
    private Findings() {}

    /** A line: severity, page, message, remedy. */
    static String line(Finding finding) {
        String severity = switch (finding.severity()) {
            case NOTE -> "note";
            case WARNING -> "warning";
            case ERROR -> "error";
        };
        String page = finding.page() > 0 ? " (p. " + finding.page() + ")" : "";
        String remedy = finding.remedy().isEmpty() ? "" : " " + finding.remedy();
        return severity + page + ": " + finding.message() + remedy;
    }

    /** Whether a person should read them. */
    static boolean matter(List<Finding> findings) {
        return findings.stream().anyMatch(f -> f.severity() != Finding.Severity.NOTE);
    }

    /** {@link ExitCode#FINDINGS} if a person should read them, otherwise {@link ExitCode#DONE}. */
    static int exitCode(List<Finding> findings) {
        return matter(findings) ? ExitCode.FINDINGS : ExitCode.DONE;
    }
}
