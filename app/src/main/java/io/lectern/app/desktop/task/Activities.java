package io.lectern.app.desktop.task;

import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The long work that is under way, the latest first. */
public final class Activities {
    private final ObservableList<Activity> running = FXCollections.observableArrayList();

    public ObservableList<Activity> running() {
        return running;
    }

    /** Begins to show work that cannot be called off; on the JavaFX thread. */
    public Activity begin(String what) {
        return begin(what, null);
    }

    /** Begins to show work; on the JavaFX thread. */
    public Activity begin(String what, Runnable cancel) {
        Activity activity = new Activity(what, cancel);
        running.addFirst(activity);
        return activity;
    }

    /** Stops showing work; on the JavaFX thread. */
    public void end(Activity activity) {
        running.remove(activity);
    }
}
