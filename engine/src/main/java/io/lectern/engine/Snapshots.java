package io.lectern.engine;

import java.nio.file.Path;

/**
 * Where snapshots of contexts are kept: an engine that has read much can go on from there another day. They hold what was
 * read, so they are encrypted, and belong deleted with it.
 *
 * @param folder for snapshots alone; made when something is first kept
 * @param key of all that is in the folder
 * @param mostBytes that all snapshots in the folder may take together: those not used for the longest time make room for new
 *     ones
 */
public record Snapshots(Path folder, SnapshotKey key, long mostBytes) {
    public Snapshots {
        if (mostBytes < 1) {
            throw new IllegalArgumentException("mostBytes must be positive, not " + mostBytes);
        }
    }

    /** Hears how much of a snapshot is written or read. Called on the working thread: it must be quick. */
    @FunctionalInterface
    public interface Listener {
        void progress(long doneBytes, long totalBytes);
    }
}
