package io.lectern.ingest.extract;

import com.ibm.icu.text.CharsetDetector;
import com.ibm.icu.text.CharsetMatch;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes to characters: which charset they are in, and whether they are text at all. */
public final class PlainText {
    /** How much of a file the statistical detector looks at. */
    private static final int SAMPLE = 1 << 18;

    private PlainText() {}

    /**
     * Decoded text.
     *
     * @param text every character, line ends as they were, without a byte order mark
     * @param charset the charset it was in
     * @param guessed whether the charset was concluded from statistics rather than known
     * @param malformed how many byte sequences mean nothing in that charset; U+FFFD stands for each
     */
    public record Decoded(String text, Charset charset, boolean guessed, int malformed) {}

    /**
     * Decodes with the charset that the bytes show: by their byte order mark, as UTF-8 if they are valid UTF-8, and else
     * the one that the statistics of ICU's detector favour.
     */
    public static Decoded decode(byte[] bytes) {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            return known(bytes, 3, StandardCharsets.UTF_8);
        }
        if (startsWith(bytes, 0xFF, 0xFE, 0, 0)) {
            return known(bytes, 4, Charset.forName("UTF-32LE"));
        }
        if (startsWith(bytes, 0, 0, 0xFE, 0xFF)) {
            return known(bytes, 4, Charset.forName("UTF-32BE"));
        }
        if (startsWith(bytes, 0xFF, 0xFE)) {
            return known(bytes, 2, StandardCharsets.UTF_16LE);
        }
        if (startsWith(bytes, 0xFE, 0xFF)) {
            return known(bytes, 2, StandardCharsets.UTF_16BE);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new Decoded(text, StandardCharsets.UTF_8, false, 0);
        } catch (CharacterCodingException e) {
            Charset charset = guess(bytes);
            String text = new String(bytes, charset);
            return new Decoded(text, charset, true, replacements(text));
        }
    }

    /**
     * Whether the beginning of a file looks like text: it has a byte order mark, or hardly any of the
     * control characters that no text contains.
     */
    public static boolean isText(byte[] head) {
        if (hasByteOrderMark(head)) {
            return true;
        }
        int controls = 0;
        for (byte b : head) {
            if (b == 0) {
                return false;
            }
            boolean layout = b >= '\t' && b <= '\r' || b == 0x1B || b == 0x1A || b == '\b';
            controls += b >= 0 && b < ' ' && !layout ? 1 : 0;
        }
        return controls * 100 <= head.length;
    }

    static boolean hasByteOrderMark(byte[] head) {
        return startsWith(head, 0xEF, 0xBB, 0xBF)
                || startsWith(head, 0xFF, 0xFE)
                || startsWith(head, 0xFE, 0xFF)
                || startsWith(head, 0, 0, 0xFE, 0xFF);
    }

    private static Decoded known(byte[] bytes, int mark, Charset charset) {
        String text = new String(bytes, mark, bytes.length - mark, charset);
        return new Decoded(text, charset, false, replacements(text));
    }

    private static Charset guess(byte[] bytes) {
        CharsetDetector detector = new CharsetDetector();
        detector.setText(Arrays.copyOf(bytes, Math.min(bytes.length, SAMPLE)));
        for (CharsetMatch match : detector.detectAll()) {
            String name = match.getName().replaceAll("_(rtl|ltr)$", "");
            boolean impossible = name.startsWith("UTF-") || !Charset.isSupported(name);
            if (!impossible) {
                return printable(Charset.forName(name), bytes);
            }
        }
        return Charset.forName("windows-1252");
    }

    /**
     * The bytes 0x80–0x9F are control characters in the ISO 8859 family and quotes, dashes and letters in the Windows
     * code page that extends it: text means the latter. ISO 8859-1 is always read so, as the WHATWG Encoding standard does.
     */
    private static Charset printable(Charset charset, byte[] bytes) {
        boolean highControls = false;
        for (byte b : bytes) {
            highControls |= (b & 0xE0) == 0x80;
        }
        String windows = switch (charset.name()) {
            case "ISO-8859-1" -> "windows-1252";
            case "ISO-8859-2" -> highControls ? "windows-1250" : charset.name();
            case "ISO-8859-7" -> highControls ? "windows-1253" : charset.name();
            case "ISO-8859-8" -> highControls ? "windows-1255" : charset.name();
            case "ISO-8859-9" -> "windows-1254";
            default -> charset.name();
        };
        return Charset.forName(windows);
    }

    private static int replacements(String text) {
        return (int) text.chars().filter(c -> c == '\uFFFD').count();
    }

    private static boolean startsWith(byte[] bytes, int... mark) {
        if (bytes.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
