package io.lectern.engine.snapshot;

import io.lectern.engine.SnapshotKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is derived from a {@link SnapshotKey} (HKDF, RFC 5869): a key for each file, so that no two files can ever share a
 * nonce, and one for names, so that a file's name does not tell which text it holds.
 */
final class Secrets {
    private static final byte[] NO_SALT = {};

    private final SnapshotKey key;

    Secrets(SnapshotKey key) {
        this.key = key;
    }

    /** The AES-256 key of the file with this salt. */
    SecretKey forFile(byte[] salt) {
        return derive("AES", salt, "lectern snapshot file");
    }

    /** A name for a hash: the same each time, and without the key not to be told from chance. */
    String name(byte[] hash, int bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(derive("HmacSHA256", NO_SALT, "lectern snapshot names"));
            return HexFormat.of().formatHex(Arrays.copyOf(mac.doFinal(hash), bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    /** Tells this key from others, and tells nothing else. */
    String check() {
        return name("lectern snapshot key".getBytes(StandardCharsets.UTF_8), 16);
    }

    private SecretKey derive(String algorithm, byte[] salt, String purpose) {
        byte[] secret = key.bytes();
        try {
            HKDFParameterSpec parameters = HKDFParameterSpec.ofExtract()
                    .addIKM(new SecretKeySpec(secret, "Generic"))
                    .addSalt(salt)
                    .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), 32);
            return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java 25 has HKDF-SHA256", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
