package io.lectern.app.desktop.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;

/**
 * Carries what a working thread reports to the JavaFX thread, drained once per pulse: a thousand tokens a second cost
 * the window no more than sixty repaints. While nothing arrives no pulse is asked for.
 *
 * @param <E> what is reported
 */
public final class PulseQueue<E> {
    private final ConcurrentLinkedQueue<E> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AnimationTimer timer;

    /** @param drain receives all that arrived since the last pulse, in order, on the JavaFX thread */
    public PulseQueue(Consumer<List<E>> drain) {
        timer = new AnimationTimer() {
            @Override
            public void handle(long now) {
                List<E> arrived = takeAll();
                if (arrived.isEmpty()) {
                    sleep();
                } else {
                    drain.accept(arrived);
                }
            }
        };
    }

    /** Adds a report; from any thread, never blocking. */
    public void offer(E report) {
        waiting.add(report);
        if (awake.compareAndSet(false, true)) {
            Platform.runLater(timer::start);
        }
    }

    private List<E> takeAll() {
        List<E> arrived = new ArrayList<>();
        for (E next = waiting.poll(); next != null; next = waiting.poll()) {
            arrived.add(next);
        }
        return arrived;
    }

    private void sleep() {
        timer.stop();
        awake.set(false);
        // What arrived between the last look and falling asleep found the queue awake and started no timer.
        if (!waiting.isEmpty() && awake.compareAndSet(false, true)) {
            timer.start();
        }
    }
}
