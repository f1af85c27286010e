package io.lectern.engine.measure;

import io.lectern.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory of this process, as Linux counts it: resident pages, those of mapped files included. */
final class ProcessMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMemory.class);

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");

    /** Sets the largest so far to what is used now (source: Linux, Documentation/filesystems/proc.rst). */
    private static final String RESET_PEAK = "5";

    private ProcessMemory() {}

    /** The largest since the start of the process or the last reset, in 10⁶ bytes; 0 if the system does not say. */
    static long peakMegabytes() {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new EngineException(EngineException.Reason.FAILED, "The memory of this process cannot be read", e);
        }
    }

    /** Begins anew to look for the largest; where the system does not allow it, the largest is that since the start. */
    static void resetPeak() {
        if (!Files.exists(CLEAR)) {
            return;
        }
        try {
            Files.writeString(CLEAR, RESET_PEAK);
        } catch (IOException e) {
            LOG.info("the peak of memory cannot be reset here; it is that since the start: {}", e.toString());
        }
    }
}
