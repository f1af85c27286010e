package io.lectern.engine.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Hashes of the beginnings of a sequence of tokens. SHA-256 is a chain over blocks itself, so one pass over the tokens gives
 * the hash of every beginning that is wanted.
 */
final class TokenChain {
    private static final int BLOCK = 1024;

    private TokenChain() {}

    /**
     * The hashes of beginnings.
     *
     * @param lengths in tokens; those that are longer than the sequence are left out
     * @return by length
     */
    static SortedMap<Integer, byte[]> of(int[] tokens, Collection<Integer> lengths) {
        MessageDigest digest = Sha256.digest();
        ByteBuffer block = ByteBuffer.allocate(BLOCK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SortedMap<Integer, byte[]> hashes = new TreeMap<>();
        int done = 0;
        for (int length : new TreeSet<>(lengths)) {
            if (length > tokens.length) {
                break;
            }
            while (done < length) {
                int some = Math.min(BLOCK, length - done);
                block.clear().asIntBuffer().put(tokens, done, some);
                digest.update(block.array(), 0, some * Integer.BYTES);
                done += some;
            }
            hashes.put(length, copyOf(digest).digest());
        }
        return hashes;
    }

    private static MessageDigest copyOf(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's own SHA-256 can be cloned", e);
        }
    }
}
