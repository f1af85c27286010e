package io.lectern.engine;

import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A switch that calls long work off or lets it rest: turned by one thread, looked at by the one that works. Work that rests
 * keeps its place and its memory, and the engine does nothing else until it goes on.
 */
public final class Cancellation {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean cancelled;
    private boolean paused;

    /** Asks the work to stop at the next tile of tokens or token; work that rests stops at once. */
    public void cancel() {
        change(() -> cancelled = true);
    }

    /** Asks the work to rest at the next tile of tokens or token. */
    public void pause() {
        change(() -> paused = true);
    }

    /** Lets it go on. */
    public void resume() {
        change(() -> paused = false);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public boolean isCancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    public boolean isPaused() {
        lock.lock();
        try {
            return paused;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits while the work is to rest.
     *
     * @throws CancellationException if cancelled
     */
    public void throwIfCancelled() {
        lock.lock();
        try {
            while (paused && !cancelled) {
                changed.awaitUninterruptibly();
            }
            if (cancelled) {
                throw new CancellationException("cancelled");
            }
        } finally {
            lock.unlock();
        }
    }
}
