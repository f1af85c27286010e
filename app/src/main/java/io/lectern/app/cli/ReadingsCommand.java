package io.lectern.app.cli;

import io.lectern.app.store.KeptReadings;
import io.lectern.app.store.MatterStore;
import io.lectern.ingest.matter.Matter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lectern readings}: what models have read, kept on disk. */
@Command(
        name = "readings",
        description = {
            "What a model has read of a matter can be kept on disk, encrypted, so that the next question over the same"
                    + " documents starts at once. It is as confidential as the documents, so it is off until you switch it"
                    + " on. The key lies in your settings folder: who can read your files can read both.",
            "Without an option it says whether readings of the matter are kept, and how much they take."
        },
        mixinStandardHelpOptions = true)
final class ReadingsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(names = "--matter", paramLabel = "FILE", description = "The matter's file.")
    private Path matter;

    @ArgGroup(exclusive = true)
    private Wish wish;

    @Option(names = "--limit", paramLabel = "GB", description = "The most that is kept of this matter (default: 50).")
    private Integer gigabytes;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    private static final class Wish {
        @Option(names = "--keep", description = "From now on readings of this matter are kept.")
        private boolean keep;

        @Option(names = "--stop", description = "They are no longer kept; what is kept already stays.")
        private boolean stop;

        @Option(names = "--delete", description = "Deletes what is kept; without --matter, that of all matters.")
        private boolean delete;
    }

    ReadingsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private record Report(boolean kept, long bytes, long deletedBytes, int limitGigabytes, Path folder) {}

    @Override
    public Integer call() {
        boolean deletes = wish != null && wish.delete;
        if (matter == null) {
            if (gigabytes != null || wish != null && !deletes) {
                throw new ParameterException(spec.commandLine(), "Missing required option: '--matter=FILE'");
            }
            long deleted = deletes ? KeptReadings.deleteOfAllMatters() : 0;
            show(
                    new Report(false, KeptReadings.bytesOfAllMatters(), deleted, 0, KeptReadings.ofAllMatters()),
                    "of all matters");
            return ExitCode.DONE;
        }
        if (gigabytes != null && gigabytes < 1) {
            throw new ParameterException(spec.commandLine(), "--limit must be at least 1");
        }
        if (!Files.exists(matter)) {
            throw new Refusal("There is no matter " + matter + ".");
        }
        try (Matter opened = Matter.open(matter)) {
            KeptReadings readings = MatterStore.of(opened).readings();
            if (gigabytes != null) {
                readings.limit(gigabytes);
            }
            if (wish != null && (wish.keep || wish.stop)) {
                readings.keep(wish.keep);
            }
            long deleted = deletes ? readings.delete() : 0;
            show(
                    new Report(
                            readings.isOn(),
                            readings.bytes(),
                            deleted,
                            readings.gigabytes(),
                            readings.folder().orElse(null)),
                    "of this matter, which are " + (readings.isOn() ? "kept" : "not kept"));
        }
        return ExitCode.DONE;
    }

    private void show(Report report, String whose) {
        if (json) {
            terminal.json(report);
            return;
        }
        if (wish != null && wish.delete) {
            terminal.print("deleted " + megabytes(report.deletedBytes()));
        }
        terminal.print("Readings %s: %s on disk".formatted(whose, megabytes(report.bytes())));
        if (report.limitGigabytes() > 0) {
            terminal.print("at most %,d GB".formatted(report.limitGigabytes()));
        }
        if (report.folder() != null) {
            terminal.print("in " + report.folder());
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
