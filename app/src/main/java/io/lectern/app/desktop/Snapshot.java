package io.lectern.app.desktop;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.embed.swing.SwingFXUtils;
import javax.imageio.ImageIO;

/** Waits until a window is completely drawn, saves a picture of it, and closes it. */
final class Snapshot {
    private static final long LONGEST_NANOS = 120_000_000_000L;
    /** Pulses without anything left to draw before the picture is taken. */
    private static final int QUIET_PULSES = 10;

    private final DesktopWindow window;
    private final Path file;
    private final Consumer<Throwable> onFailure;

    Snapshot(DesktopWindow window, Path file, Consumer<Throwable> onFailure) {
        this.window = window;
        this.file = file;
        this.onFailure = onFailure;
    }

    void takeAndClose() {
        long started = System.nanoTime();
        new AnimationTimer() {
            private int quiet;

            @Override
            public void handle(long now) {
                quiet = window.isDrawn() ? quiet + 1 : 0;
                if (quiet == QUIET_PULSES) {
                    stop();
                    save();
                } else if (System.nanoTime() - started > LONGEST_NANOS) {
                    stop();
                    onFailure.accept(new DesktopException("The window was not drawn within two minutes."));
                }
            }
        }.start();
    }

    private void save() {
        BufferedImage picture = SwingFXUtils.fromFXImage(window.scene().snapshot(null), null);
        Thread.ofVirtual().name("desktop-snapshot").start(() -> {
            try {
                Path folder = file.toAbsolutePath().getParent();
                Files.createDirectories(folder);
                Path unfinished =
                        Files.createTempFile(folder, file.getFileName().toString(), ".unfinished");
                ImageIO.write(picture, "png", unfinished.toFile());
                Files.move(
                        unfinished,
                        file,
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                Platform.runLater(window.stage()::hide);
            } catch (IOException e) {
                onFailure.accept(new DesktopException("The picture cannot be saved: " + e.getMessage(), e));
            }
        });
    }
}
