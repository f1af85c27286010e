package io.lectern.ingest.extract.pdf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalInt;
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
import org.apache.pdfbox.pdmodel.PDResources;

/**
 * Looks for damage that PDFBox passes over: it takes what can be unpacked of a broken stream for the whole, and a missing
 * object for an empty one. For one document and one thread.
 */
final class StreamCheck {
    private static final int END_OF_FILE = 2048;
    private static final int ZLIB_HEADER = 2;

    /** Streams that were checked, with the share of them that can be unpacked, in percent. */
    private final Map<COSStream, Integer> checked = new IdentityHashMap<>();

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
     * How much of a page's content can be read.
     *
     * @return nothing if all is well; otherwise about how many percent of the worst stream come before its damage
     */
    OptionalInt damageOf(PDPage page) throws IOException {
        int least = 100;
        COSBase contents = page.getCOSObject().getDictionaryObject(COSName.CONTENTS);
        if (contents == null && page.getCOSObject().getItem(COSName.CONTENTS) instanceof COSObject) {
            return OptionalInt.of(0);
        }
        if (contents instanceof COSArray array) {
            for (int i = 0; i < array.size(); i++) {
                least = Math.min(least, array.getObject(i) instanceof COSStream part ? readable(part) : 0);
            }
        } else if (contents instanceof COSStream stream) {
            least = readable(stream);
        }
        Set<COSBase> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        PDResources resources = page.getResources();
        if (resources != null) {
            least = Math.min(least, leastOfResources(resources.getCOSObject(), visited));
        }
        return least == 100 ? OptionalInt.empty() : OptionalInt.of(least);
    }

    /** The forms that a page draws and the tables that give its letters their meaning. */
    private int leastOfResources(COSDictionary resources, Set<COSBase> visited) throws IOException {
        int least = 100;
        if (resources == null || !visited.add(resources)) {
            return least;
        }
        COSDictionary objects = resources.getCOSDictionary(COSName.XOBJECT);
        if (objects != null) {
            for (COSName name : objects.keySet()) {
                if (objects.getDictionaryObject(name) instanceof COSStream form
                        && COSName.FORM.equals(form.getCOSName(COSName.SUBTYPE))
                        && visited.add(form)) {
                    least = Math.min(least, readable(form));
                    least = Math.min(least, leastOfResources(form.getCOSDictionary(COSName.RESOURCES), visited));
                }
            }
        }
        COSDictionary fonts = resources.getCOSDictionary(COSName.FONT);
        if (fonts != null) {
            for (COSName name : fonts.keySet()) {
                COSDictionary font = fonts.getCOSDictionary(name);
                if (font != null && font.getDictionaryObject(COSName.TO_UNICODE) instanceof COSStream map) {
                    least = Math.min(least, readable(map));
                }
            }
        }
        return least;
    }

    private int readable(COSStream stream) throws IOException {
        Integer known = checked.get(stream);
        if (known == null) {
            known = isDeflated(stream) ? inflatable(stream) : 100;
            checked.put(stream, known);
        }
        return known;
    }

    private static boolean isDeflated(COSStream stream) {
        COSBase filters = stream.getFilters();
        COSBase first = filters instanceof COSArray array && array.size() > 0 ? array.getObject(0) : filters;
        return COSName.FLATE_DECODE.equals(first) || COSName.FLATE_DECODE_ABBREVIATION.equals(first);
    }

    /**
     * Unpacks a stream and says how many percent of it come before the first fault. A wrong checksum at the end counts as
     * one percent: something in it was changed. A missing one does not count, for some programs leave it away.
     */
    private static int inflatable(COSStream stream) throws IOException {
        Inflater inflater = new Inflater(true);
        Adler32 checksum = new Adler32();
        byte[] packed = new byte[8192];
        byte[] unpacked = new byte[16384];
        try (InputStream in = stream.createRawInputStream()) {
            if (in.readNBytes(ZLIB_HEADER).length < ZLIB_HEADER) {
                return 100;
            }
            for (int count = in.read(packed); count >= 0; count = in.read(packed)) {
                inflater.setInput(packed, 0, count);
                while (!inflater.finished() && !inflater.needsInput()) {
                    checksum.update(unpacked, 0, inflater.inflate(unpacked));
                }
                if (inflater.finished()) {
                    int left = inflater.getRemaining();
                    return isChecksum(packed, count - left, count, in, checksum) ? 100 : 99;
                }
            }
            return 99;
        } catch (DataFormatException e) {
            return Math.clamp(100 * inflater.getBytesRead() / Math.max(1, stream.getLength()), 0, 99);
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
