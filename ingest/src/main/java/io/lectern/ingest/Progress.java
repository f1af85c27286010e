package io.lectern.ingest;

/** What the caller of long work hears, and how it calls the work off. */
public interface Progress {

    /**
     * Called as the work goes on, from the thread that does it.
     *
     * @param done units finished, at most {@code total}
     * @param total units in all
     * @param what the unit in hand, such as a file's name
     */
    void report(int done, int total, String what);

    /** Whether the work should stop at the next safe place. */
    default boolean isCancelled() {
        return false;
    }

    /** Hears nothing and never stops. */
    static Progress none() {
        return (done, total, what) -> {};
    }
}
