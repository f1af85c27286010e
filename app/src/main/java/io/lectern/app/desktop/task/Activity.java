package io.lectern.app.desktop.task;

import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;

/** Long work that the window shows: what is done, how far it is, how long it will take, and how it is called off. */
public final class Activity {
    /** The value of {@link #fractionProperty()} while nobody knows how much there is to do. */
    public static final double UNKNOWN = -1;

    private final Runnable cancel;
    private final ReadOnlyStringWrapper what = new ReadOnlyStringWrapper(this, "what", "");
    private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(this, "fraction", UNKNOWN);
    private final ReadOnlyStringWrapper detail = new ReadOnlyStringWrapper(this, "detail", "");

    /** @param cancel asks the work to stop, without waiting; null where it cannot be called off */
    Activity(String what, Runnable cancel) {
        this.what.set(what);
        this.cancel = cancel;
    }

    /**
     * Says how things stand, on the JavaFX thread.
     *
     * @param fraction from 0 to 1, or {@link #UNKNOWN}
     * @param detail such as "88 tokens/s, about 2 min left"; may be empty
     */
    public void report(String what, double fraction, String detail) {
        this.what.set(what);
        this.fraction.set(fraction);
        this.detail.set(detail);
    }

    /** Whether {@link #cancel()} does anything. */
    public boolean isCancellable() {
        return cancel != null;
    }

    public void cancel() {
        if (cancel != null) {
            cancel.run();
        }
    }

    public ReadOnlyStringProperty whatProperty() {
        return what.getReadOnlyProperty();
    }

    public ReadOnlyDoubleProperty fractionProperty() {
        return fraction.getReadOnlyProperty();
    }

    public ReadOnlyStringProperty detailProperty() {
        return detail.getReadOnlyProperty();
    }
}
