package io.lectern.engine.decoder;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much memory can still be taken, by the whole machine and by the control group that this process may be in. */
public final class FreeMemory {
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final Path OWN_GROUP = Path.of("/proc/self/cgroup");

    private FreeMemory() {}

    /** Bytes that can be taken now; pages of files that could be read again count as free. */
    public static long bytes() {
        return Math.min(ofMachine(), ofGroup().orElse(Long.MAX_VALUE));
    }

    private static long ofMachine() {
        OptionalLong kilobytes = field(MACHINE, "MemAvailable:");
        return kilobytes.isPresent()
                ? kilobytes.getAsLong() * 1024
                : ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getFreeMemorySize();
    }

    /** What is left under the limit of a control group (version 2), if there is one. */
    private static OptionalLong ofGroup() {
        Path group = ownGroup();
        OptionalLong limit = field(group.resolve("memory.max"), "");
        OptionalLong used = field(group.resolve("memory.current"), "");
        if (limit.isEmpty() || used.isEmpty()) {
            return OptionalLong.empty();
        }
        Path statistics = group.resolve("memory.stat");
        long files = field(statistics, "inactive_file").orElse(0)
                + field(statistics, "active_file").orElse(0);
        return OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + files));
    }

    /** The folder of this process's group: the line "0::/path" names it. */
    private static Path ownGroup() {
        try {
            return Files.readAllLines(OWN_GROUP).stream()
                    .filter(line -> line.startsWith("0::/"))
                    .map(line -> GROUPS.resolve(line.substring(4)))
                    .findFirst()
                    .orElse(GROUPS);
        } catch (IOException e) {
            return GROUPS; // not a system with control groups
        }
    }

    /** The number behind a name in a file of the system; empty if there is none. */
    private static OptionalLong field(Path file, String name) {
        if (!Files.isReadable(file)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty())
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty(); // a system that does not say has no limit that could be kept
        }
    }
}
