package io.lectern.ingest.extract;

import io.lectern.ingest.document.DocumentFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.apache.poi.poifs.filesystem.DirectoryNode;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;

/** Decides what a file is by looking into it; its name has no say. */
public final class ContentSniffer {
    /** How much of the beginning is looked at. */
    private static final int HEAD = 1 << 16;

    private ContentSniffer() {}

    /**
     * Whether a file's content is of a format that Lectern reads.
     *
     * @throws IOException if the file cannot be read
     */
    public static boolean isSupported(Path file) throws IOException {
        return sniff(file).format() != DocumentFormat.UNSUPPORTED;
    }

    /** @throws IOException if the file cannot be read */
    static FileKind sniff(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        if (head.length == 0) {
            return FileKind.EMPTY;
        }
        if (isPdf(head)) {
            return FileKind.PDF;
        }
        if (startsWith(head, "504b0304") || startsWith(head, "504b0506")) {
            return zipKind(file, head);
        }
        if (startsWith(head, "d0cf11e0a1b11ae1")) {
            return compoundFileKind(file, head);
        }
        FileKind byMagic = byMagic(head);
        if (byMagic != null) {
            return byMagic;
        }
        return PlainText.isText(head) ? textKind(head) : FileKind.BINARY;
    }

    /** Readers accept a PDF header anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1). */
    private static boolean isPdf(byte[] head) {
        return latin(head, 1024).contains("%PDF-");
    }

    private static FileKind zipKind(Path file, byte[] head) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry mimetype = zip.getEntry("mimetype");
            if (mimetype != null) {
                try (InputStream in = zip.getInputStream(mimetype)) {
                    return mimetypeKind(new String(in.readNBytes(100), StandardCharsets.US_ASCII));
                }
            }
            return packageKind(zip.stream().map(ZipEntry::getName));
        } catch (ZipException | IllegalArgumentException e) {
            // No readable directory: a damaged file. The names before each entry still tell what it was.
            String names = latin(head, head.length);
            if (names.contains("mimetypeapplication/")) {
                return mimetypeKind(names.substring(names.indexOf("mimetypeapplication/") + "mimetype".length()));
            }
            return packageKind(Stream.of("word/", "xl/", "ppt/")
                    .filter(folder -> names.contains(folder) && names.contains(".xml")));
        }
    }

    private static FileKind mimetypeKind(String type) {
        if (type.startsWith("application/epub+zip")) {
            return FileKind.EPUB;
        }
        if (type.startsWith("application/vnd.oasis.opendocument.spreadsheet")) {
            return FileKind.SPREADSHEET;
        }
        if (type.startsWith("application/vnd.oasis.opendocument.presentation")) {
            return FileKind.SLIDES;
        }
        return type.startsWith("application/vnd.oasis.opendocument.text")
                ? FileKind.OPEN_DOCUMENT_TEXT
                : FileKind.ARCHIVE;
    }

    private static FileKind packageKind(Stream<String> names) {
        return names.map(name -> {
                    if (name.startsWith("word/")) {
                        return FileKind.DOCX;
                    }
                    if (name.startsWith("xl/")) {
                        return FileKind.SPREADSHEET;
                    }
                    return name.startsWith("ppt/") ? FileKind.SLIDES : FileKind.ARCHIVE;
                })
                .filter(kind -> kind != FileKind.ARCHIVE)
                .findFirst()
                .orElse(FileKind.ARCHIVE);
    }

    private static FileKind compoundFileKind(Path file, byte[] head) throws IOException {
        try (POIFSFileSystem compound = new POIFSFileSystem(file.toFile(), true)) {
            DirectoryNode root = compound.getRoot();
            if (root.hasEntryCaseInsensitive("EncryptedPackage")) {
                return FileKind.ENCRYPTED_OFFICE;
            }
            if (root.hasEntryCaseInsensitive("WordDocument")) {
                return FileKind.WORD_97;
            }
            if (root.hasEntryCaseInsensitive("Workbook") || root.hasEntryCaseInsensitive("Book")) {
                return FileKind.SPREADSHEET;
            }
            if (root.hasEntryCaseInsensitive("PowerPoint Document")) {
                return FileKind.SLIDES;
            }
            return root.hasEntryCaseInsensitive("__properties_version1.0")
                    ? FileKind.OUTLOOK_MAIL
                    : FileKind.OTHER_OFFICE;
        } catch (IOException | RuntimeException e) {
            if (!Files.isReadable(file)) {
                throw e;
            }
            // Damaged inside: it is known to be of this family and no more.
            return FileKind.OTHER_OFFICE;
        }
    }

    private static FileKind byMagic(byte[] head) {
        String start = latin(head, 16);
        if (start.startsWith("{\\rtf")) {
            return FileKind.RTF;
        }
        String riff = start.startsWith("RIFF") && start.length() >= 12 ? start.substring(8, 12) : "";
        String brand = start.length() >= 12 && start.startsWith("ftyp", 4) ? start.substring(8, 12) : "";
        boolean picture = Stream.of("89504e470d0a1a0a", "ffd8ff", "49492a00", "4d4d002a", "0000000c6a502020")
                        .anyMatch(magic -> startsWith(head, magic))
                || start.startsWith("GIF87a")
                || start.startsWith("GIF89a")
                || riff.equals("WEBP")
                || brand.startsWith("hei")
                || brand.equals("mif1")
                || brand.equals("avif")
                || isBitmap(head);
        if (picture) {
            return FileKind.PICTURE;
        }
        boolean archive = Stream.of("1f8b", "425a68", "fd377a585a00", "28b52ffd", "377abcaf271c", "526172211a07")
                        .anyMatch(magic -> startsWith(head, magic))
                || (head.length > 262
                        && latin(Arrays.copyOfRange(head, 257, 262), 5).equals("ustar"));
        if (archive) {
            return FileKind.ARCHIVE;
        }
        boolean media = riff.equals("WAVE")
                || riff.equals("AVI ")
                || !brand.isEmpty()
                || start.startsWith("OggS")
                || start.startsWith("fLaC")
                || startsWith(head, "494433")
                || startsWith(head, "1a45dfa3");
        return media ? FileKind.MEDIA : null;
    }

    /** "BM" may begin a text, so the two reserved fields of the bitmap header must be zero as well. */
    private static boolean isBitmap(byte[] head) {
        return startsWith(head, "424d") && head.length > 10 && (head[6] | head[7] | head[8] | head[9]) == 0;
    }

    private static FileKind textKind(byte[] head) {
        // What is looked for is ASCII, so only the wide charsets, which have a byte order mark, need decoding.
        String start = (PlainText.hasByteOrderMark(head)
                        ? PlainText.decode(head).text()
                        : latin(head, head.length))
                .stripLeading();
        String beginning = start.substring(0, Math.min(1000, start.length())).toLowerCase(Locale.ROOT);
        if (beginning.startsWith("<!doctype html") || beginning.startsWith("<html")) {
            return FileKind.WEB_PAGE;
        }
        return isMail(start) ? FileKind.MAIL : FileKind.TEXT;
    }

    /** A message begins with header fields, and has the two that every message must have (RFC 5322, 3.6). */
    private static boolean isMail(String start) {
        boolean from = false;
        boolean date = false;
        boolean transport = false;
        for (String line : (Iterable<String>) start.lines().limit(200)::iterator) {
            if (line.isEmpty()) {
                break;
            }
            boolean continued = line.startsWith(" ") || line.startsWith("\t") || line.startsWith("From ");
            if (!continued && !line.matches("[!-9;-~]+:.*")) {
                return false;
            }
            String field = line.toLowerCase(Locale.ROOT);
            from |= field.startsWith("from:");
            date |= field.startsWith("date:");
            transport |= Stream.of("received:", "message-id:", "mime-version:", "return-path:")
                    .anyMatch(field::startsWith);
        }
        return from && date && transport;
    }

    private static boolean startsWith(byte[] head, String hex) {
        byte[] magic = HexFormat.of().parseHex(hex);
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }

    private static String latin(byte[] bytes, int length) {
        return new String(bytes, 0, Math.min(length, bytes.length), StandardCharsets.ISO_8859_1);
    }
}
