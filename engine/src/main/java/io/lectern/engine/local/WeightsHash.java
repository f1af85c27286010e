package io.lectern.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * The SHA-256 of a model's files, taken beside other work: a gigabyte takes a second or two. That of a single file is the
 * file's; that of several is the one of the list that {@code sha256sum} prints for them, one line each, in order of name.
 */
final class WeightsHash {
    private final FutureTask<String> hash;

    private WeightsHash(FutureTask<String> hash) {
        this.hash = hash;
    }

    /** Begins to read the files. */
    static WeightsHash of(List<Path> files) {
        FutureTask<String> task =
                new FutureTask<>(() -> files.size() == 1 ? sha256(files.getFirst()) : sha256OfList(files));
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

    private static String sha256OfList(List<Path> files) throws IOException {
        StringBuilder list = new StringBuilder();
        for (Path file : files) {
            list.append(sha256(file)).append("  ").append(file.getFileName()).append('\n');
        }
        byte[] bytes = list.toString().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(newDigest().digest(bytes));
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = newDigest();
            byte[] buffer = new byte[1 << 20];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
