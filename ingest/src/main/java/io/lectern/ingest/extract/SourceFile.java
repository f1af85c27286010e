package io.lectern.ingest.extract;

import io.lectern.ingest.document.DocumentId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A file to be read.
 *
 * @param path where it lies
 * @param id the identity of its content
 */
public record SourceFile(Path path, DocumentId id) {

    /**
     * The file at {@code path}, identified by the SHA-256 of its bytes; they are streamed, never held whole.
     *
     * @throws IOException if the file cannot be read
     */
    public static SourceFile of(Path path) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return new SourceFile(path, new DocumentId(HexFormat.of().formatHex(digest.digest())));
    }

    /**
     * A stand-in for a file without content that could identify it, because it is missing or may not be read: the
     * identity is taken from its absolute path, so that two such files stay two.
     */
    static SourceFile withoutContent(Path path) {
        byte[] name = ("no content: " + path.toAbsolutePath()).getBytes(StandardCharsets.UTF_8);
        return new SourceFile(path, new DocumentId(HexFormat.of().formatHex(sha256().digest(name))));
    }

    /** The file's name without its folders. */
    public String name() {
        Path name = path.getFileName();
        return name == null ? path.toString() : name.toString();
    }

    /** What stands behind the last dot of the name, in lower case; empty if there is none. */
    public String extension() {
        String name = name();
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
