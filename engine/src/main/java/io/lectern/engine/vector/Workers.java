package io.lectern.engine.vector;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Threads that share out pieces of work of some microseconds. A token of a small model has some forty of them, so handing
 * over must cost little: helpers look for work for a moment before they sleep, and nobody is waited for who has not begun.
 * On a busy machine a helper may be put aside by the system in the middle of a part, and must be waited for; it then rests
 * for some times as long as that took, so that waiting never becomes most of the time, and without helpers the caller simply
 * does everything itself.
 *
 * <p>One thread calls at a time.
 */
public final class Workers implements AutoCloseable {
    /** How long a helper looks for further work before it sleeps: longer than what lies between two products of a token. */
    private static final long LOOKING_NANOS = 60_000;

    /** How long the caller sleeps between looks when a helper that has begun takes long. */
    private static final long WAITING_NANOS = 20_000;

    /** How many times as long as it was waited for a helper rests. */
    private static final int RESTING_TIMES = 4;

    private static final int LOOKS_BETWEEN_CLOCKS = 64;

    /** Work in parts; whoever is free takes the next. */
    private static final class Job {
        final int parts;
        final IntConsumer work;
        final AtomicInteger taken = new AtomicInteger();
        final AtomicInteger finished = new AtomicInteger();
        volatile Throwable failure;

        Job(int parts, IntConsumer work) {
            this.parts = parts;
            this.work = work;
        }

        void help() {
            for (int part = taken.getAndIncrement(); part < parts; part = taken.getAndIncrement()) {
                try {
                    work.accept(part);
                } catch (Throwable e) {
                    failure = e; // the caller throws it
                } finally {
                    finished.incrementAndGet();
                }
            }
        }

        boolean isFinished() {
            return finished.get() == parts;
        }
    }

    private final class Helper implements Runnable {
        private volatile boolean asleep;
        private volatile long restsUntil = System.nanoTime();
        /** What this helper may have taken a part of. */
        private volatile Job at;

        private Thread thread;

        @Override
        public void run() {
            Job seen = null;
            while (!closed) {
                Job current = job;
                if (current != seen) {
                    seen = current;
                    at = current;
                    if (!rests()) {
                        current.help();
                    }
                    at = null;
                } else {
                    look(seen);
                }
            }
        }

        /** Returns when there may be another job than the last. */
        private void look(Job last) {
            long until = System.nanoTime() + LOOKING_NANOS;
            do {
                for (int i = 0; i < LOOKS_BETWEEN_CLOCKS; i++) {
                    if (job != last) {
                        return;
                    }
                    Thread.onSpinWait();
                }
            } while (System.nanoTime() < until);
            asleep = true;
            // The caller sets the job before it looks who is asleep, so one of both sees the other.
            while (job == last && !closed) {
                LockSupport.park(this);
            }
            asleep = false;
        }

        boolean rests() {
            return System.nanoTime() - restsUntil < 0;
        }

        void wake() {
            if (asleep && !rests()) {
                LockSupport.unpark(thread);
            }
        }
    }

    private final Helper[] helpers;
    private volatile Job job;
    private volatile boolean closed;

    /**
     * Starts helpers.
     *
     * @param threads that work on a job, the caller's included; at least 1
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper();
            helpers[i].thread = Thread.ofPlatform()
                    .daemon()
                    .name("lectern-vector-" + (i + 1))
                    .unstarted(helpers[i]);
        }
        for (Helper helper : helpers) {
            helper.thread.start();
        }
    }

    /** How many threads work on a job, the caller's included. */
    public int threads() {
        return helpers.length + 1;
    }

    /**
     * Has parts 0 to {@code parts} − 1 worked on and returns when all are finished. What the caller wrote before is seen by
     * the work, what the work wrote is seen by the caller after.
     *
     * @throws RuntimeException or Error what a part threw, after all parts have ended
     */
    public void forEach(int parts, IntConsumer work) {
        if (parts <= 1 || helpers.length == 0) {
            for (int part = 0; part < parts; part++) {
                work.accept(part);
            }
            return;
        }
        Job mine = new Job(parts, work);
        job = mine;
        for (Helper helper : helpers) {
            helper.wake();
        }
        mine.help();
        if (!isSoonFinished(mine)) {
            waitFor(mine);
        }
        switch (mine.failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static boolean isSoonFinished(Job job) {
        if (job.isFinished()) {
            return true;
        }
        long until = System.nanoTime() + LOOKING_NANOS;
        do {
            for (int i = 0; i < LOOKS_BETWEEN_CLOCKS; i++) {
                if (job.isFinished()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() < until);
        return false;
    }

    /** Waits for helpers that the system seems to have put aside, and gives them rest. */
    private void waitFor(Job job) {
        List<Helper> late =
                Arrays.stream(helpers).filter(helper -> helper.at == job).toList();
        long start = System.nanoTime();
        while (!job.isFinished()) {
            LockSupport.parkNanos(WAITING_NANOS); // leaves them the processor
        }
        long now = System.nanoTime();
        late.forEach(helper -> helper.restsUntil = now + RESTING_TIMES * (now - start));
    }

    /** Ends the helpers and waits for them. */
    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper.thread);
        }
        boolean interrupted = false;
        for (Helper helper : helpers) {
            while (helper.thread.isAlive()) {
                try {
                    helper.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
