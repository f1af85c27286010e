package io.lectern.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Maps files of models into memory, of any size. */
final class MappedFile {
    private MappedFile() {}

    /** Makes something of a mapped file. */
    @FunctionalInterface
    interface Reading<T> {
        T of(Arena arena, MemorySegment bytes);
    }

    /**
     * Maps a file and makes something of it, which closes the arena when it is done with; if it fails, the file is unmapped.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if the file cannot be read
     */
    static <T> T open(Path path, Reading<T> reading) {
        if (!Files.isRegularFile(path)) {
            throw Unusable.file(path, Files.exists(path) ? "is not a file" : "does not exist");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return reading.of(arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw Unusable.file(path, "cannot be read", e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }
}
