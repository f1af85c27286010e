package io.lectern.app.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The files below some places, found by the SHA-256 of their content. */
final class SourceFiles {
    private final Map<String, Path> byHash = new HashMap<>();
    private final Map<String, Path> byName = new HashMap<>();

    /**
     * Reads every file below the places once.
     *
     * @throws ReportException if a place does not exist or a file cannot be read
     */
    SourceFiles(List<Path> places) {
        for (Path place : places) {
            if (!Files.exists(place)) {
                throw new ReportException(place + " does not exist: name the files or folders that hold the sources");
            }
            try (Stream<Path> files = Files.walk(place)) {
                files.filter(Files::isRegularFile).sorted().forEach(this::add);
            } catch (IOException | UncheckedIOException e) {
                throw new ReportException("cannot read below " + place + " (" + e.getMessage() + ")", e);
            }
        }
    }

    private void add(Path file) {
        byHash.putIfAbsent(hash(file), file);
        byName.putIfAbsent(file.getFileName().toString(), file);
    }

    Optional<Path> withHash(String sha256) {
        return Optional.ofNullable(byHash.get(sha256));
    }

    /** A file that is called like a document of the report, whatever its content. */
    Optional<Path> called(String documentName) {
        String last = documentName.substring(documentName.replace('\\', '/').lastIndexOf('/') + 1);
        return Optional.ofNullable(byName.get(last));
    }

    /** SHA-256 of a file's bytes in lower-case hexadecimal. */
    static String hash(Path file) {
        MessageDigest digest = JsonReport.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[1 << 16];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
        } catch (IOException e) {
            throw new ReportException("cannot read " + file + " (" + e.getMessage() + ")", e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
