package io.lectern.engine.snapshot;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;

/** Writes an encrypted file, frame by frame, in memory that does not depend on its size. */
final class SealedOutput implements Closeable {
    private final FileChannel channel;
    private final SealedFrames frames;
    private final byte[] plain = new byte[SealedFrames.FRAME];
    /** A frame with its length before it. */
    private final byte[] sealed = new byte[Integer.BYTES + SealedFrames.FRAME + SealedFrames.TAG];

    private int filled;

    /**
     * @param file must not be there yet
     * @param name that the file will have, and is bound to
     */
    SealedOutput(Path file, String name, Secrets secrets) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] salt = new byte[SealedFrames.SALT];
        byte[] prefix = new byte[SealedFrames.PREFIX];
        random.nextBytes(salt);
        random.nextBytes(prefix);
        frames = new SealedFrames(secrets.forFile(salt), prefix, name);
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        write(SealedFrames.header(salt, prefix));
    }

    /** Appends bytes. */
    void write(MemorySegment piece) throws IOException {
        long done = 0;
        while (done < piece.byteSize()) {
            if (filled == plain.length) {
                writeFrame(false);
            }
            int some = (int) Math.min(plain.length - filled, piece.byteSize() - done);
            MemorySegment.copy(piece, done, MemorySegment.ofArray(plain), filled, some);
            filled += some;
            done += some;
        }
    }

    /** Ends the frame, so that what was written so far can be read without what follows. */
    void endFrame() throws IOException {
        writeFrame(false);
    }

    /** Writes the last frame and waits until all is on disk; returns the file's size. */
    long finish() throws IOException {
        writeFrame(true);
        channel.force(true);
        return channel.size();
    }

    private void writeFrame(boolean last) throws IOException {
        int length = frames.seal(plain, filled, sealed, Integer.BYTES, last);
        filled = 0;
        write(ByteBuffer.wrap(sealed).putInt(0, length).limit(Integer.BYTES + length));
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
