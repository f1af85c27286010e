package io.lectern.engine.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made of source text, as libtorch loads it: an uncompressed zip file that holds the code of one
 * module class and a pickle that makes one instance of it. No Python is needed to write or to load it.
 */
final class TorchScriptArchive {
    private static final String ROOT = "kernels/";

    private TorchScriptArchive() {}

    /**
     * The archive of a module without parameters.
     *
     * @param className name of the class
     * @param methods its methods in TorchScript's serialised dialect: written at the left margin, with a bare
     *     {@code self}, data types as numbers (f32 6, bf16 15, f16 5, i64 4, i32 3, u8 0, i8 1)
     */
    static byte[] of(String className, String methods) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", instanceOf(className));
            store(zip, "code/__torch__.py", utf8(classWith(className, methods)));
            store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'}); // protocol 2, empty tuple, stop
            store(zip, "version", utf8("3\n"));
            store(zip, "byteorder", utf8("little"));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a stream in memory does not fail
        }
        return bytes.toByteArray();
    }

    private static String classWith(String className, String methods) {
        String typedSelf = methods.replace("(self,", "(self: __torch__." + className + ",");
        return "class " + className + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
                + typedSelf.indent(2);
    }

    /** A pickle of {@code className.__new__()} with the state {@code {"training": False}}. */
    private static byte[] instanceOf(String className) {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.writeBytes(new byte[] {(byte) 0x80, 2}); // protocol 2
        pickle.writeBytes(utf8("c__torch__\n" + className + "\n")); // the class
        pickle.writeBytes(new byte[] {')', (byte) 0x81}); // empty tuple, new object
        pickle.writeBytes(new byte[] {'}', '('}); // empty dictionary, mark
        byte[] attribute = utf8("training");
        pickle.write('X'); // a string with its length in four bytes
        pickle.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(attribute.length)
                .array());
        pickle.writeBytes(attribute);
        pickle.write((byte) 0x89); // False
        pickle.writeBytes(new byte[] {'u', 'b', '.'}); // set items, set state, stop
        return pickle.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(ROOT + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
