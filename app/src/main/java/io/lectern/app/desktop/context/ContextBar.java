package io.lectern.app.desktop.context;

import static io.lectern.app.desktop.theme.Controls.label;
import static io.lectern.app.desktop.theme.Controls.tool;

import io.lectern.app.desktop.task.Activity;
import io.lectern.app.desktop.theme.Controls;
import javafx.collections.ListChangeListener;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Separator;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.feather.Feather;

/** The bottom of the window: the model's window and how much of it is used, work under way, and the engine. */
public final class ContextBar extends HBox {
    private static final double METER_WIDTH = 200;

    private final ContextViewModel model;
    private final HBox work = new HBox(8);

    public ContextBar(ContextViewModel model) {
        this.model = model;
        getStyleClass().add("context-bar");
        Label remark = label("", "muted");
        remark.textProperty().bind(model.remarkProperty());
        model.overProperty()
                .addListener((property, before, now) ->
                        remark.getStyleClass().setAll("label", now ? "over-words" : "muted"));
        Label used = Controls.whole("", "context-count");
        used.textProperty().bind(model.usedProperty());
        Label engine = label("", "muted");
        engine.textProperty().bind(model.engineWordsProperty());
        Tooltip whole = new Tooltip();
        whole.textProperty().bind(model.engineWordsProperty());
        engine.setTooltip(whole);
        engine.setMinWidth(120);
        work.setAlignment(Pos.CENTER_RIGHT);
        getChildren()
                .addAll(Controls.whole("Context", "muted"), meter(), used, remark, Controls.spring(), work, engine);
        model.activities().running().addListener((ListChangeListener<Activity>) change -> showWork());
        showWork();
    }

    private Pane meter() {
        Region used = new Region();
        used.getStyleClass().add("used");
        Pane meter = new Pane(used) {
            @Override
            protected void layoutChildren() {
                double share = Math.clamp(model.fractionProperty().get(), 0, 1);
                used.resizeRelocate(0, 0, getWidth() * share, getHeight());
            }
        };
        meter.getStyleClass().add("meter");
        meter.setMinSize(METER_WIDTH / 2, 6);
        meter.setPrefSize(METER_WIDTH, 6);
        meter.setMaxSize(METER_WIDTH, 6);
        meter.setAccessibleText("Share of the model's window that the checked documents take");
        model.fractionProperty().addListener((property, before, now) -> meter.requestLayout());
        model.overProperty().addListener((property, before, now) -> {
            meter.getStyleClass().remove("over");
            if (now) {
                meter.getStyleClass().add("over");
            }
        });
        return meter;
    }

    private void showWork() {
        work.getChildren().clear();
        if (model.activities().running().isEmpty()) {
            return;
        }
        Activity activity = model.activities().running().getFirst();
        Label what = label("", "muted");
        what.textProperty().bind(activity.whatProperty());
        what.setMaxWidth(280);
        ProgressBar bar = new ProgressBar();
        bar.progressProperty().bind(activity.fractionProperty());
        bar.setPrefWidth(120);
        bar.accessibleTextProperty().bind(activity.whatProperty());
        Label detail = Controls.whole("", "muted");
        detail.textProperty().bind(activity.detailProperty());
        work.getChildren().addAll(what, bar, detail);
        if (activity.isCancellable()) {
            work.getChildren().add(tool(Feather.X, "Cancel", activity::cancel));
        }
        work.getChildren().add(new Separator(Orientation.VERTICAL));
    }
}
