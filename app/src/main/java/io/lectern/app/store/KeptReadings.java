package io.lectern.app.store;

import io.lectern.engine.Engines;
import io.lectern.engine.SnapshotKey;
import io.lectern.engine.Snapshots;
import io.lectern.engine.embedded.UserFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What models have read of a matter, kept on disk so that it need not be read again. It is as confidential as the documents
 * themselves, so nothing is kept unless somebody switches it on for the matter; it lies encrypted in the user's data folder,
 * the key to it in the user's settings folder and never in the matter; and it is deleted when a document is removed.
 */
public final class KeptReadings {
    private static final Logger LOG = LoggerFactory.getLogger(KeptReadings.class);

    /** What may be kept of one matter if nothing else is set. */
    public static final int USUAL_GIGABYTES = 50;

    private static final String SWITCH = "readings kept";
    private static final String FOLDER = "readings folder";
    private static final String GIGABYTES = "readings gigabytes";
    /** Set by the trigger {@code readings_go_with_their_documents}. */
    private static final String TO_DELETE = "readings to delete";

    private final Settings settings;
    private final Path root;
    private final Path keys;

    KeptReadings(Settings settings) {
        this(settings, ofAllMatters(), keysOfAllMatters());
    }

    /**
     * @param root under which the readings of each matter have a folder
     * @param keys folder of the keys
     */
    KeptReadings(Settings settings, Path root, Path keys) {
        this.settings = settings;
        this.root = root;
        this.keys = keys;
    }

    /** Whether readings of this matter are kept. */
    public boolean isOn() {
        return settings.get(SWITCH).isPresent();
    }

    /** Switches keeping on or off; what is kept stays until {@link #delete}. */
    public void keep(boolean on) {
        if (on) {
            settings.put(SWITCH, "yes");
        } else {
            settings.remove(SWITCH);
        }
    }

    /** The most that is kept, in gigabytes. */
    public int gigabytes() {
        return settings.get(GIGABYTES).map(Integer::valueOf).orElse(USUAL_GIGABYTES);
    }

    /** Sets the most that is kept, in gigabytes. */
    public void limit(int gigabytes) {
        if (gigabytes < 1) {
            throw new IllegalArgumentException("The limit must be at least 1 GB.");
        }
        settings.put(GIGABYTES, Integer.toString(gigabytes));
    }

    /**
     * Where readings are kept, with the key, which is made if there is none; the caller closes the key.
     *
     * @throws UncheckedIOException if the key cannot be read or written
     */
    public Snapshots open() {
        deleteIfDocumentsWent();
        String name = name().orElseGet(() -> {
            String made = UUID.randomUUID().toString();
            settings.put(FOLDER, made);
            return made;
        });
        return new Snapshots(root.resolve(name), key(name), gigabytes() * 1_000_000_000L);
    }

    /** Where readings are kept, if any ever were. */
    public Optional<Path> folder() {
        return name().map(root::resolve);
    }

    /** Bytes that are kept of this matter. */
    public long bytes() {
        return folder().map(Engines::snapshotBytes).orElse(0L);
    }

    /**
     * Deletes all that is kept of this matter, and the key to it.
     *
     * @return bytes that were kept
     */
    public long delete() {
        long bytes = folder().map(Engines::removeSnapshots).orElse(0L);
        try {
            // Without its key nothing that a file system may still have of them can be read.
            if (name().isPresent()) {
                Files.deleteIfExists(keyFile(keys, name().get()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.remove(TO_DELETE);
        return bytes;
    }

    /** Deletes what is kept if a document was removed from the matter since. */
    public void deleteIfDocumentsWent() {
        if (settings.get(TO_DELETE).isPresent()) {
            delete();
        }
    }

    /** The folder under which the readings of all the user's matters are. */
    public static Path ofAllMatters() {
        return UserFolders.data().resolve("readings");
    }

    /** Bytes that are kept of all the user's matters. */
    public static long bytesOfAllMatters() {
        return foldersOfAllMatters().stream().mapToLong(Engines::snapshotBytes).sum();
    }

    /**
     * Deletes all that is kept of all the user's matters, those that are no more among them.
     *
     * @return bytes that were kept
     */
    public static long deleteOfAllMatters() {
        long bytes = 0;
        for (Path folder : foldersOfAllMatters()) {
            bytes += Engines.removeSnapshots(folder);
            try {
                Files.deleteIfExists(
                        keyFile(keysOfAllMatters(), folder.getFileName().toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return bytes;
    }

    private static List<Path> foldersOfAllMatters() {
        if (!Files.isDirectory(ofAllMatters())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(ofAllMatters())) {
            return folders.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The matter may come from somebody else: what it names is a name and not a path. */
    private Optional<String> name() {
        return settings.get(FOLDER).filter(name -> name.matches("[0-9a-f-]{36}"));
    }

    private static Path keysOfAllMatters() {
        return UserFolders.settings().resolve("keys");
    }

    private static Path keyFile(Path keys, String name) {
        return keys.resolve(name + ".key");
    }

    private SnapshotKey key(String name) {
        Path file = keyFile(keys, name);
        try {
            if (Files.exists(file)) {
                try {
                    return SnapshotKey.of(Files.readAllBytes(file));
                } catch (IllegalArgumentException e) {
                    LOG.warn("{} is damaged; what it encrypted is lost, and read again", file);
                    Files.delete(file);
                }
            }
            // What another key encrypted is lost.
            Engines.removeSnapshots(root.resolve(name));
            write(file);
            return SnapshotKey.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a new key that only its owner can read, whole or not at all; that of another process stays if it was first. */
    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
        FileAttribute<?>[] forOwner = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path temporary = Files.createTempFile(file.getParent(), "key", ".tmp", forOwner);
        try (SnapshotKey key = SnapshotKey.random();
                FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(key.bytes()));
            channel.force(true);
            if (!Files.exists(file)) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
