package io.lectern.engine.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The form of an encrypted file, and the cipher of its frames. A header (magic, salt, nonce prefix) is followed by frames: the
 * length of what follows (32 bits), then AES-256-GCM ciphertext with its tag. A frame's nonce is the file's random prefix,
 * the frame's number and whether it is the last, as in the STREAM construction (Hoang et al. 2015), so that frames cannot be
 * cut off, left out or exchanged; the file's name is authenticated with each frame, so that files cannot be exchanged.
 */
final class SealedFrames {
    /**
     * Most bytes of plain text in a frame. Java turns AES-GCM into the processor's instructions after some calls, and larger
     * frames are fewer calls: at 1 MiB the first 150 MB took three times the processor time.
     */
    static final int FRAME = 1 << 16;

    static final int TAG = 16;
    static final int SALT = 32;
    static final int PREFIX = 7;
    private static final byte[] MAGIC = "LECTERN1".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER = MAGIC.length + SALT + PREFIX;

    private final Cipher cipher;
    private final SecretKey key;
    private final byte[] prefix;
    private final byte[] name;
    private int frames;

    /**
     * @param name of the file, without its folder
     */
    SealedFrames(SecretKey key, byte[] prefix, String name) {
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
        this.key = key;
        this.prefix = prefix;
        this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    static ByteBuffer header(byte[] salt, byte[] prefix) {
        return ByteBuffer.allocate(HEADER).put(MAGIC).put(salt).put(prefix).flip();
    }

    /** Whether a header is one of these files'. */
    static boolean isHeader(byte[] header) {
        return header.length == HEADER && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static byte[] salt(byte[] header) {
        return Arrays.copyOfRange(header, MAGIC.length, MAGIC.length + SALT);
    }

    static byte[] prefix(byte[] header) {
        return Arrays.copyOfRange(header, MAGIC.length + SALT, HEADER);
    }

    /** Number of frames sealed or opened so far. */
    int frames() {
        return frames;
    }

    /** Encrypts a frame's bytes to a place; returns how many there are then. */
    int seal(byte[] plain, int length, byte[] sealed, int at, boolean last) {
        try {
            return next(Cipher.ENCRYPT_MODE, last).doFinal(plain, 0, length, sealed, at);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    /**
     * Decrypts a frame's bytes; returns how many there are then.
     *
     * @throws AEADBadTagException if they are not what was sealed as this frame of this file with this key
     */
    int open(byte[] sealed, int length, byte[] plain, boolean last) throws AEADBadTagException {
        try {
            return next(Cipher.DECRYPT_MODE, last).doFinal(sealed, 0, length, plain, 0);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    private Cipher next(int mode, boolean last) throws GeneralSecurityException {
        if (frames == -1) {
            throw new IllegalStateException("too many frames"); // 2^32: never repeat a nonce
        }
        byte[] nonce = ByteBuffer.allocate(PREFIX + Integer.BYTES + 1)
                .put(prefix)
                .putInt(frames++)
                .put((byte) (last ? 1 : 0))
                .array();
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(name);
        return cipher;
    }
}
