package io.lectern.engine;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The secret with which snapshots are encrypted. Whoever has it can read the documents in them; without it they cannot be
 * read at all. Close it when it is no longer needed: its bytes are then overwritten.
 */
public final class SnapshotKey implements AutoCloseable {
    /** Length in bytes. */
    public static final int BYTES = 32;

    private final byte[] secret;
    private boolean closed;

    private SnapshotKey(byte[] secret) {
        this.secret = secret;
    }

    /**
     * A key of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not {@value #BYTES} of them
     */
    public static SnapshotKey of(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("a key for snapshots has " + BYTES + " bytes, not " + secret.length);
        }
        return new SnapshotKey(secret.clone());
    }

    /** A new key that nobody can guess. */
    public static SnapshotKey random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return new SnapshotKey(secret);
    }

    /** A copy of its bytes, which the caller overwrites when done. */
    public synchronized byte[] bytes() {
        if (closed) {
            throw new IllegalStateException("the key is closed");
        }
        return secret.clone();
    }

    /** Overwrites its bytes. */
    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }

    /** Says nothing of its bytes. */
    @Override
    public String toString() {
        return "SnapshotKey";
    }
}
