package io.lectern.engine.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of snapshots in a folder: their kinds, their sizes, and how one is put there whole or not at all. */
final class SnapshotFolder {
    static final String CHECKPOINT = ".checkpoint";
    static final String SEGMENT = ".segment";
    /** Being written, or left by a process that ended while it wrote. */
    static final String UNFINISHED = ".part";

    static final String LOCK = "lock";
    /** Says what the folder is, and by what key its files are. */
    static final String LABEL = "about.txt";

    private static final Set<String> KINDS = Set.of(CHECKPOINT, SEGMENT, UNFINISHED);

    private final Path path;

    SnapshotFolder(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** Makes the folder, for its owner only where the file system can say so. */
    void create() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }

    /** The files of a kind, those used longest ago first. */
    List<Path> files(String kind) {
        return list(file -> file.getFileName().toString().endsWith(kind));
    }

    private List<Path> list(java.util.function.Predicate<Path> wanted) {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(wanted)
                    .sorted(java.util.Comparator.comparing(SnapshotFolder::lastUsed))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime lastUsed(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }

    /** Bytes of all snapshots. */
    long bytes() {
        return list(SnapshotFolder::isSnapshot).stream()
                .mapToLong(SnapshotFolder::size)
                .sum();
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSnapshot(Path file) {
        String name = file.getFileName().toString();
        return KINDS.stream().anyMatch(name::endsWith);
    }

    long freeBytes() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    /** Gives a finished file its name, for good: also what the folder says of it is on disk then. */
    void publish(Path unfinished, Path file) throws IOException {
        try {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        }
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    /** Deletes all snapshots, and the folder if nothing else is in it. */
    void clear() throws IOException {
        for (Path file : list(file -> isSnapshot(file) || file.endsWith(LABEL))) {
            Files.delete(file);
        }
    }
}
