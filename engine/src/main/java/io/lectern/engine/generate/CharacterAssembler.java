package io.lectern.engine.generate;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Makes whole characters of the bytes of tokens: a character may be spread over several. */
public final class CharacterAssembler {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer waiting = ByteBuffer.allocate(0);

    /** The characters that are complete with these bytes; bytes that can never be part of one become U+FFFD. */
    public String add(byte[] bytes) {
        ByteBuffer all = ByteBuffer.allocate(waiting.remaining() + bytes.length)
                .put(waiting)
                .put(bytes)
                .flip();
        CharBuffer characters = CharBuffer.allocate(all.remaining() + 1);
        decoder.decode(all, characters, false);
        waiting = all.slice();
        return characters.flip().toString();
    }

    /** Whether no character has begun that is not complete. */
    public boolean isWhole() {
        return !waiting.hasRemaining();
    }

    /** What remains at the end: U+FFFD for a character that was never completed. */
    public String finish() {
        CharBuffer characters = CharBuffer.allocate(waiting.remaining() + 1);
        decoder.decode(waiting, characters, true);
        decoder.flush(characters);
        decoder.reset();
        waiting = ByteBuffer.allocate(0);
        return characters.flip().toString();
    }
}
