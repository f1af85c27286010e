package io.lectern.app.desktop;

import io.lectern.app.desktop.theme.Theme;
import io.lectern.engine.embedded.UserFolders;
import io.lectern.ingest.matter.Matter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javafx.animation.AnimationTimer;
import javafx.scene.Scene;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.StackPane;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Stage;

/** The window: without a matter it says how to begin, with one it shows it. */
final class DesktopWindow {
    private static final double WIDTH = 1440;
    private static final double HEIGHT = 900;

    private final Function<Matter, Workbench> workbenches;
    private final boolean loadsEngine;
    private final Stage stage = new Stage();
    private final StackPane root = new StackPane();
    private Workbench workbench;
    private MatterView view;
    private long firstPaintedMillis;

    /**
     * @param workbenches puts together what works on a matter
     * @param loadsEngine whether the engine is opened with the matter, so that it is ready for the first question
     */
    DesktopWindow(Function<Matter, Workbench> workbenches, boolean loadsEngine) {
        this.workbenches = workbenches;
        this.loadsEngine = loadsEngine;
        root.getStyleClass().add("shell");
        Scene scene = new Scene(root, WIDTH, HEIGHT);
        Theme.dress(scene);
        scene.getAccelerators().put(new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN), () -> {
            if (view != null) {
                view.startFind();
            }
        });
        scene.getAccelerators().put(new KeyCodeCombination(KeyCode.ESCAPE), () -> {
            if (workbench != null) {
                workbench.conversation().stop();
            }
        });
        scene.setOnDragOver(this::dragOver);
        scene.setOnDragExited(event -> root.getStyleClass().remove("drop-target"));
        scene.setOnDragDropped(this::drop);
        stage.setScene(scene);
        stage.setMinWidth(900);
        stage.setMinHeight(560);
        welcome("");
    }

    Stage stage() {
        return stage;
    }

    Scene scene() {
        return stage.getScene();
    }

    long firstPaintedMillis() {
        return firstPaintedMillis;
    }

    /** @param clock milliseconds since the program began */
    void open(LongSupplier clock) {
        AnimationTimer firstPulse = new AnimationTimer() {
            private int pulses;

            @Override
            public void handle(long now) {
                // The first pulse lays out and paints; when the second begins, the window has been seen.
                if (++pulses == 2) {
                    firstPaintedMillis = clock.getAsLong();
                    stop();
                }
            }
        };
        firstPulse.start();
        stage.show();
    }

    /** Shows a matter in place of what was shown. */
    void show(Matter matter) {
        closeWorkbench(() -> {});
        workbench = workbenches.apply(matter);
        view = new MatterView(workbench, stage);
        root.getChildren().setAll(view);
        stage.setTitle(workbench.name() + " – Lectern");
        workbench.start(loadsEngine);
    }

    /** Whether everything that the window shows at first is drawn. */
    boolean isDrawn() {
        return firstPaintedMillis > 0 && (view == null || view.isDrawn());
    }

    /** Lets go of everything. @param whenClosed runs when all is closed, on any thread */
    void close(Runnable whenClosed) {
        closeWorkbench(whenClosed);
    }

    private void closeWorkbench(Runnable whenClosed) {
        if (workbench == null) {
            whenClosed.run();
            return;
        }
        Workbench closing = workbench;
        workbench = null;
        view = null;
        closing.stop();
        Thread.ofPlatform().name("desktop-closing").start(() -> {
            closing.close();
            whenClosed.run();
        });
    }

    private void welcome(String problem) {
        stage.setTitle("Lectern");
        root.getChildren().setAll(new WelcomeView(this::chooseMatter, this::chooseFolder, this::chooseFiles, problem));
    }

    private void chooseMatter() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Open a matter");
        File initial = matters().toFile();
        if (initial.isDirectory()) {
            chooser.setInitialDirectory(initial);
        }
        File file = chooser.showOpenDialog(stage);
        if (file != null) {
            openMatter(file.toPath(), List.of());
        }
    }

    private void chooseFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle("A folder of documents");
        File folder = chooser.showDialog(stage);
        if (folder != null) {
            begin(List.of(folder.toPath()));
        }
    }

    private void chooseFiles() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Documents");
        List<File> files = chooser.showOpenMultipleDialog(stage);
        if (files != null) {
            begin(files.stream().map(File::toPath).toList());
        }
    }

    /** Makes a matter named after the first of some files or folders, and takes them in. */
    void begin(List<Path> paths) {
        String name = paths.getFirst().getFileName().toString();
        Path file = matters().resolve(name + ".lectern");
        for (int i = 2; Files.exists(file); i++) {
            file = matters().resolve(name + " " + i + ".lectern");
        }
        openMatter(file, paths);
    }

    /** Opening checks the file's integrity, which takes time: off the JavaFX thread. */
    private void openMatter(Path file, List<Path> toAdd) {
        Thread.ofVirtual().name("desktop-opening").start(() -> {
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Matter matter = Matter.open(file);
                javafx.application.Platform.runLater(() -> {
                    show(matter);
                    if (!toAdd.isEmpty()) {
                        workbench.library().add(toAdd);
                    }
                });
            } catch (RuntimeException | IOException e) {
                String words = io.lectern.app.desktop.task.Problem.of("Opening " + file, e)
                        .message();
                javafx.application.Platform.runLater(() -> welcome(words));
            }
        });
    }

    private static Path matters() {
        return UserFolders.data().resolve("matters");
    }

    private void dragOver(DragEvent event) {
        if (event.getDragboard().hasFiles()) {
            event.acceptTransferModes(TransferMode.COPY, TransferMode.LINK);
            if (!root.getStyleClass().contains("drop-target")) {
                root.getStyleClass().add("drop-target");
            }
        }
        event.consume();
    }

    private void drop(DragEvent event) {
        root.getStyleClass().remove("drop-target");
        List<Path> paths =
                event.getDragboard().getFiles().stream().map(File::toPath).toList();
        if (!paths.isEmpty()) {
            if (workbench == null) {
                begin(paths);
            } else {
                workbench.library().add(paths);
            }
        }
        event.setDropCompleted(!paths.isEmpty());
        event.consume();
    }
}
