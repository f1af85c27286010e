package io.lectern.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.FutureTask;

/** The SHA-256 of a weights file, taken beside other work: a file of a gigabyte takes a second or two. */
final class WeightsHash {
    private final FutureTask<String> hash;

    private WeightsHash(FutureTask<String> hash) {
        this.hash = hash;
    }

    /** Begins to read the file. */
    static WeightsHash of(Path file) {
        FutureTask<String> task = new FutureTask<>(() -> sha256(file));
        Thread.ofPlatform().daemon().name("weights-hash").start(task);
        return new WeightsHash(task);
    }

    /** The hash in lower-case hexadecimal; waits until it is known. */
    String value() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return hash.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (java.util.concurrent.ExecutionException e) {
                    throw new UncheckedIOException(new IOException("the weights cannot be read", e.getCause()));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 20];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
