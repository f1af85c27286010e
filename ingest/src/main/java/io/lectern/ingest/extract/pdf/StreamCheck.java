package io.lectern.ingest.extract.pdf;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.Adler32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSObject;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDPage;

/**
 * Looks for damage that PDFBox passes over: it takes what can be unpacked of a broken stream for the whole, and a missing
 * object for an empty one. For one document and one thread.
 */
final class StreamCheck {
    private static final int END_OF_FILE = 2048;
    private static final int ZLIB_HEADER = 2;

    private final Map<COSStream, Damage> checked = new IdentityHashMap<>();

    /** Whether the file ends as a PDF must; if not, its end is missing and with it the index of its objects. */
    static boolean endsProperly(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            ByteBuffer end = ByteBuffer.allocate((int) Math.min(size, END_OF_FILE));
            channel.position(size - end.capacity());
            while (end.hasRemaining() && channel.read(end) >= 0) {
                // Until the buffer is full.
            }
            String text = new String(end.array(), StandardCharsets.ISO_8859_1);
            return text.contains("startxref") && text.contains("%%EOF");
        }
    }

    /**
     * What is wrong with a page's streams.
     *
     * @param missing whether a part of its content is not in the file
     * @param changed whether a stream fails its checksum, so that something in it is not what was written
     * @param readablePercent about how much of the worst stream comes before the place where it breaks off; 100 if none does
     * @param besides whether something else that hangs on the page, not its content, is damaged
     */
    record Damage(boolean missing, boolean changed, int readablePercent, boolean besides) {
        private static final Damage NONE = new Damage(false, false, 100, false);

        /** The page's own description makes no sense. */
        static final Damage UNKNOWN = new Damage(false, true, 100, false);

        private static final Damage MISSING = new Damage(true, false, 100, false);
        private static final Damage CHANGED = new Damage(false, true, 100, false);

        private static Damage breaksOff(int percent) {
            return new Damage(false, false, percent, false);
        }

        private Damage and(Damage other) {
            return new Damage(
                    missing || other.missing,
                    changed || other.changed,
                    Math.min(readablePercent, other.readablePercent),
                    besides || other.besides);
        }

        boolean ofContent() {
            return missing || changed || readablePercent < 100;
        }
    }

    /** What is wrong with the streams of a page. */
    Damage damageOf(PDPage page) throws IOException {
        COSDictionary dictionary = page.getCOSObject();
        Damage damage = Damage.NONE;
        COSBase contents = dictionary.getDictionaryObject(COSName.CONTENTS);
        if (contents instanceof COSArray array) {
            for (int i = 0; i < array.size(); i++) {
                damage = damage.and(array.getObject(i) instanceof COSStream part ? check(part) : Damage.MISSING);
            }
        } else if (contents instanceof COSStream stream) {
            damage = check(stream);
        } else if (dictionary.getItem(COSName.CONTENTS) instanceof COSObject) {
            damage = Damage.MISSING;
        }
        if (page.getResources() != null) {
            Set<COSBase> visited = Collections.newSetFromMap(new IdentityHashMap<>());
            damage = damage.and(ofResources(page.getResources().getCOSObject(), visited));
        }
        for (COSName key : dictionary.keySet()) {
            if (!key.equals(COSName.CONTENTS)
                    && dictionary.getDictionaryObject(key) instanceof COSStream stream
                    && !canBeUnpacked(stream)) {
                damage = damage.and(new Damage(false, false, 100, true));
            }
        }
        return damage;
    }

    /** The forms that a page draws and the tables that give its letters their meaning. */
    private Damage ofResources(COSDictionary resources, Set<COSBase> visited) throws IOException {
        Damage damage = Damage.NONE;
        if (resources == null || !visited.add(resources)) {
            return damage;
        }
        COSDictionary objects = resources.getCOSDictionary(COSName.XOBJECT);
        if (objects != null) {
            for (COSName name : objects.keySet()) {
                if (objects.getDictionaryObject(name) instanceof COSStream form
                        && COSName.FORM.equals(form.getCOSName(COSName.SUBTYPE))
                        && visited.add(form)) {
                    damage =
                            damage.and(check(form)).and(ofResources(form.getCOSDictionary(COSName.RESOURCES), visited));
                }
            }
        }
        COSDictionary fonts = resources.getCOSDictionary(COSName.FONT);
        if (fonts != null) {
            for (COSName name : fonts.keySet()) {
                COSDictionary font = fonts.getCOSDictionary(name);
                if (font != null && font.getDictionaryObject(COSName.TO_UNICODE) instanceof COSStream map) {
                    damage = damage.and(check(map));
                }
            }
        }
        return damage;
    }

    private Damage check(COSStream stream) throws IOException {
        Damage known = checked.get(stream);
        if (known == null) {
            known = isDeflated(stream) ? inflate(stream) : isSoundLzw(stream) ? Damage.NONE : Damage.CHANGED;
            checked.put(stream, known);
        }
        return known;
    }

    private boolean canBeUnpacked(COSStream stream) throws IOException {
        if (check(stream).ofContent()) {
            return false;
        }
        try (InputStream in = stream.createInputStream()) {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isDeflated(COSStream stream) {
        COSBase first = first(stream.getFilters());
        return COSName.FLATE_DECODE.equals(first) || COSName.FLATE_DECODE_ABBREVIATION.equals(first);
    }

    /** Whether a stream is not packed by LZW, or is so without a fault. */
    private static boolean isSoundLzw(COSStream stream) throws IOException {
        COSBase filter = first(stream.getFilters());
        if (!COSName.LZW_DECODE.equals(filter) && !COSName.LZW_DECODE_ABBREVIATION.equals(filter)) {
            return true;
        }
        COSBase parameters = first(stream.getDictionaryObject(COSName.DECODE_PARMS, COSName.DP));
        int earlyChange =
                parameters instanceof COSDictionary dictionary ? dictionary.getInt(COSName.EARLY_CHANGE, 1) : 1;
        try (InputStream in = new BufferedInputStream(stream.createRawInputStream())) {
            return LzwCheck.isSound(in, earlyChange);
        }
    }

    private static COSBase first(COSBase oneOrMany) {
        return oneOrMany instanceof COSArray array && array.size() > 0 ? array.getObject(0) : oneOrMany;
    }

    /** Unpacks a stream to its checksum. A missing checksum is no damage, for some programs leave it away. */
    private static Damage inflate(COSStream stream) throws IOException {
        Inflater inflater = new Inflater(true);
        Adler32 checksum = new Adler32();
        byte[] packed = new byte[8192];
        byte[] unpacked = new byte[16384];
        try (InputStream in = stream.createRawInputStream()) {
            if (in.readNBytes(ZLIB_HEADER).length < ZLIB_HEADER) {
                return Damage.NONE;
            }
            for (int count = in.read(packed); count >= 0; count = in.read(packed)) {
                inflater.setInput(packed, 0, count);
                while (!inflater.finished() && !inflater.needsInput()) {
                    checksum.update(unpacked, 0, inflater.inflate(unpacked));
                }
                if (inflater.finished()) {
                    int left = inflater.getRemaining();
                    return isChecksum(packed, count - left, count, in, checksum) ? Damage.NONE : Damage.CHANGED;
                }
            }
            return Damage.breaksOff(99);
        } catch (DataFormatException e) {
            long percent = 100 * inflater.getBytesRead() / Math.max(1, stream.getLength());
            return Damage.breaksOff((int) Math.min(percent, 99));
        } finally {
            inflater.end();
        }
    }

    private static boolean isChecksum(byte[] packed, int from, int to, InputStream in, Adler32 checksum)
            throws IOException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int next = from + i < to ? packed[from + i] & 0xFF : in.read();
            if (next < 0) {
                return true;
            }
            value = value << 8 | next;
        }
        return value == (int) checksum.getValue();
    }
}
