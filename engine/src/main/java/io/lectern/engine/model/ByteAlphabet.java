package io.lectern.engine.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The alphabet in which byte-level BPE vocabularies write bytes: each of the 256 bytes is one printable character (source:
 * bytes_to_unicode of GPT-2). Printable Latin-1 stands for itself; the other bytes, in order, are U+0100 and following.
 */
final class ByteAlphabet {
    private static final Map<Integer, Byte> BYTE_OF_CHARACTER = new HashMap<>();
    private static final String[] LETTERS = new String[256];

    static {
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            int character = printable ? b : next++;
            BYTE_OF_CHARACTER.put(character, (byte) b);
            LETTERS[b] = Character.toString(character);
        }
    }

    private ByteAlphabet() {}

    /** The character that stands for a byte. */
    static String letter(byte b) {
        return LETTERS[b & 0xFF];
    }

    /** The bytes that a token written in this alphabet stands for; characters outside it stand for their own UTF-8. */
    static byte[] bytesOf(String token) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(token.length());
        token.codePoints().forEach(character -> {
            Byte b = BYTE_OF_CHARACTER.get(character);
            if (b != null) {
                bytes.write(b);
            } else {
                bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
