package io.lectern.engine.snapshot;

import io.lectern.engine.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The right to use a folder alone, among the threads of this process and among processes. The system takes it back when a
 * process ends.
 */
final class FolderLock implements AutoCloseable {
    private static final long WAIT_MILLISECONDS = 50;
    /** The system gives its locks to processes, so threads need some of their own. */
    private static final Map<Path, Semaphore> OF_THREADS = new ConcurrentHashMap<>();

    private final Semaphore ofThreads;
    private final FileChannel channel;

    private FolderLock(Semaphore ofThreads, FileChannel channel) {
        this.ofThreads = ofThreads;
        this.channel = channel;
    }

    /**
     * Waits for the right.
     *
     * @throws java.util.concurrent.CancellationException if called off before
     */
    static FolderLock take(SnapshotFolder folder, Cancellation cancellation) throws IOException {
        Semaphore ofThreads = OF_THREADS.computeIfAbsent(folder.path().toRealPath(), path -> new Semaphore(1));
        FileChannel channel =
                FileChannel.open(folder.file(SnapshotFolder.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FolderLock lock = new FolderLock(ofThreads, channel);
        boolean amongThreads = false;
        boolean taken = false;
        try {
            while (!taken) {
                cancellation.throwIfCancelled();
                amongThreads = amongThreads || ofThreads.tryAcquire(WAIT_MILLISECONDS, TimeUnit.MILLISECONDS);
                taken = amongThreads && channel.tryLock() != null;
                if (amongThreads && !taken) {
                    TimeUnit.MILLISECONDS.sleep(WAIT_MILLISECONDS);
                }
            }
            return lock;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while somebody else uses " + folder.path(), e);
        } finally {
            if (!taken) {
                channel.close();
                if (amongThreads) {
                    ofThreads.release();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            ofThreads.release();
        }
    }
}
