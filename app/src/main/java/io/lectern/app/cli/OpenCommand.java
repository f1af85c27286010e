package io.lectern.app.cli;

import io.lectern.app.desktop.Desktop;
import io.lectern.app.desktop.DesktopException;
import io.lectern.app.desktop.DesktopOptions;
import io.lectern.app.desktop.DesktopResult;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern open}: the desktop. */
@Command(
        name = "open",
        description = "Opens the window; with --snapshot draws it without a display, saves the picture and ends.",
        mixinStandardHelpOptions = true)
final class OpenCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "MATTER", arity = "0..1", description = "The matter to open.")
    private Path matter;

    @Mixin
    private EngineOption engine;

    @Mixin
    private ThinkingOption thinking;

    @Option(names = "--snapshot", paramLabel = "FILE.png", description = "Where to save a picture of the window.")
    private Path snapshot;

    OpenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            DesktopResult result = Desktop.open(new DesktopOptions(
                    matter,
                    engine.isEmbedded() || engine.isServer() ? null : engine.file(),
                    engine.isServer() ? engine.server() : null,
                    engine.options(),
                    thinking.asked(),
                    snapshot));
            if (snapshot != null) {
                terminal.json(Map.of("firstWindowMillis", result.firstWindowMillis()));
            }
            return ExitCode.DONE;
        } catch (DesktopException e) {
            throw new Refusal(e.getMessage());
        }
    }
}
