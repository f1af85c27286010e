package io.lectern.app.desktop;

import io.lectern.app.desktop.context.EngineDesk;
import io.lectern.app.desktop.theme.Theme;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.Engines;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import io.lectern.ingest.matter.Matter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import javafx.application.Platform;

/** The front door of the desktop: one window, from opening to closing. */
public final class Desktop {
    private static final String PLATFORM = "glass.platform";

    private Desktop() {}

    /**
     * Shows the window and returns when it has been closed; with {@link DesktopOptions#snapshot()}, draws it without a
     * display and returns when the picture is saved. At most once in the life of a Java virtual machine, for JavaFX starts
     * once.
     *
     * @throws DesktopException if there is no display, or no picture could be made
     * @throws io.lectern.ingest.matter.MatterException if the matter cannot be opened
     */
    public static DesktopResult open(DesktopOptions options) {
        if (options.snapshot() != null) {
            if (options.matter() != null && !Files.exists(options.matter())) {
                throw new DesktopException("There is no matter at " + options.matter() + ".");
            }
            System.setProperty(PLATFORM, "Headless");
            System.setProperty("prism.order", "sw");
        }
        // Java2D only draws into memory here; it must never look for a display of its own.
        System.setProperty("java.awt.headless", "true");
        // Opened before the window, so that a matter that cannot be opened ends here with its own message.
        Matter matter = options.matter() == null ? null : Matter.open(options.matter());
        CompletableFuture<DesktopResult> closed = new CompletableFuture<>();
        try {
            Platform.startup(() -> start(options, matter, closed));
        } catch (RuntimeException | Error e) {
            if (matter != null) {
                matter.close();
            }
            throw new DesktopException(
                    "There is no display to open a window on. On a machine without one, --snapshot FILE.png draws the window"
                            + " into a picture.",
                    e);
        }
        try {
            return closed.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            Platform.exit();
        }
    }

    private static void start(DesktopOptions options, Matter matter, CompletableFuture<DesktopResult> closed) {
        try {
            Platform.setImplicitExit(false);
            Theme.followSystem();
            DesktopWindow window = new DesktopWindow(workbenches(options), options.snapshot() == null);
            if (matter != null) {
                window.show(matter);
            }
            window.stage()
                    .setOnHidden(event ->
                            window.close(() -> closed.complete(new DesktopResult(window.firstPaintedMillis()))));
            window.open(ManagementFactory.getRuntimeMXBean()::getUptime);
            if (options.snapshot() != null) {
                new Snapshot(window, options.snapshot(), closed::completeExceptionally).takeAndClose();
            }
        } catch (RuntimeException | Error e) {
            closed.completeExceptionally(e);
        }
    }

    private static Function<Matter, Workbench> workbenches(DesktopOptions options) {
        return matter -> new Workbench(
                MatterStore.of(matter),
                new EngineDesk(
                                ModelCache.ofUser(),
                                EmbeddedModel.QWEN_2_5_CODER_1_5B,
                                options.model(),
                                (file, loading) ->
                                        Engines.open(file, options.engine().withLoading(loading)))
                        .withServer(options.server()),
                options.thinking());
    }
}
