package io.lectern.ingest.extract.office;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Compares the parts of a package with their checksums. POI reads what it can of a damaged file without a word; a contract
 * in which a flipped bit changed a figure must not pass for whole.
 */
final class ZipIntegrity {
    private final Path file;
    private long unpacked;

    private ZipIntegrity(Path file) {
        this.file = file;
    }

    /**
     * What is damaged: names of XML parts whose content is not what was packed, or the directory of the file itself.
     *
     * @throws IOException if the file cannot be read
     * @throws WordPackage.TooBigException if the parts unpack to more than is read of a document
     */
    static List<String> damage(Path file) throws IOException {
        return new ZipIntegrity(file).damage();
    }

    private List<String> damage() throws IOException {
        List<String> damaged = new ArrayList<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (entry.getName().endsWith(".xml") && !isWhole(zip, entry)) {
                    damaged.add("/" + entry.getName());
                }
            }
        } catch (ZipException | IllegalArgumentException e) {
            damaged.add("the directory of its parts");
        }
        return damaged;
    }

    private boolean isWhole(ZipFile zip, ZipEntry entry) throws IOException {
        CRC32 checksum = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = zip.getInputStream(entry)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                checksum.update(buffer, 0, count);
                unpacked += count;
                if (unpacked > 2 * WordPackage.LARGEST_PART) {
                    throw new WordPackage.TooBigException(
                            "its parts unpack to more than " + (2 * WordPackage.LARGEST_PART >> 20) + " MiB");
                }
            }
            return checksum.getValue() == entry.getCrc();
        } catch (ZipException | EOFException e) {
            return false;
        }
    }
}
