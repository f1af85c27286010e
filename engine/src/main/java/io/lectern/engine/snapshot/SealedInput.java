package io.lectern.engine.snapshot;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.crypto.AEADBadTagException;

/**
 * Reads what a {@link SealedOutput} wrote. Nothing is handed out that was not authenticated.
 */
final class SealedInput implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final SealedFrames frames;
    private final byte[] sealed = new byte[SealedFrames.FRAME + SealedFrames.TAG];
    private final byte[] plain = new byte[SealedFrames.FRAME];
    private int position;
    private int filled;
    private boolean ended;

    /**
     * @throws DamagedSnapshotException if the file is missing or not one of these
     */
    SealedInput(Path file, Secrets secrets) throws IOException {
        this.file = file;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new DamagedSnapshotException(file.getFileName() + " is missing", e);
        }
        try {
            byte[] header = new byte[SealedFrames.HEADER];
            fill(ByteBuffer.wrap(header));
            if (!SealedFrames.isHeader(header)) {
                throw damaged(null);
            }
            frames = new SealedFrames(
                    secrets.forFile(SealedFrames.salt(header)),
                    SealedFrames.prefix(header),
                    file.getFileName().toString());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads exactly as many bytes as there is room for. */
    void read(MemorySegment into) throws IOException {
        long done = 0;
        while (done < into.byteSize()) {
            if (position == filled) {
                nextFrame();
            }
            int some = (int) Math.min(filled - position, into.byteSize() - done);
            MemorySegment.copy(MemorySegment.ofArray(plain), position, into, done, some);
            position += some;
            done += some;
        }
    }

    /**
     * Checks that there is nothing more.
     *
     * @throws DamagedSnapshotException if there is, or the file was cut short
     */
    void requireEnd() throws IOException {
        if (position == filled && !ended) {
            nextFrame(); // the last may be empty
        }
        if (position < filled || !ended) {
            throw damaged(null);
        }
    }

    private void nextFrame() throws IOException {
        if (ended) {
            throw damaged(null);
        }
        ByteBuffer size = ByteBuffer.allocate(Integer.BYTES);
        fill(size);
        int length = size.getInt(0);
        if (length < SealedFrames.TAG || length > sealed.length) {
            throw damaged(null);
        }
        fill(ByteBuffer.wrap(sealed, 0, length));
        boolean last = channel.position() == channel.size();
        try {
            filled = frames.open(sealed, length, plain, last);
        } catch (AEADBadTagException e) {
            throw damaged(e);
        }
        position = 0;
        ended = last;
    }

    private void fill(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw damaged(null);
            }
        }
    }

    private DamagedSnapshotException damaged(Throwable cause) {
        int frame = frames == null ? 0 : frames.frames();
        return new DamagedSnapshotException(
                file.getFileName() + " is damaged or was changed (frame " + frame + ")", cause);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
