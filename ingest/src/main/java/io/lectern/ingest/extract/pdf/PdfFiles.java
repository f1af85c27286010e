package io.lectern.ingest.extract.pdf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.MemoryUsageSetting;
import org.apache.pdfbox.pdmodel.PDDocument;

/** Opens PDF files in the one way that suits untrusted and very long ones. */
final class PdfFiles {
    /** Unpacked data beyond this goes to a temporary file. */
    private static final long MOST_MEMORY = 64L << 20;

    private static final String FONT_CACHE = "pdfbox.fontcache";

    static {
        keepFontCacheOutOfHome();
    }

    private PdfFiles() {}

    /**
     * Opens a file without a password, which also opens those that are only protected against changes.
     *
     * @throws org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException if it takes a password to read it
     * @throws IOException if it is no PDF or damaged beyond repair
     */
    static PDDocument open(Path file) throws IOException {
        return Loader.loadPDF(file.toFile(), "", null, null, MemoryUsageSetting.setupMixed(MOST_MEMORY).streamCache);
    }

    /**
     * PDFBox writes down which fonts the machine has, the first time that a file does not bring its own (this takes a
     * second for every few hundred fonts), and it would do so in the user's home. Unless {@code -Dpdfbox.fontcache=FOLDER}
     * names a place, it is a folder that lives as long as the process.
     */
    private static void keepFontCacheOutOfHome() {
        if (System.getProperty(FONT_CACHE) != null) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory("lectern-fonts");
            // Deleted in the reverse order.
            folder.toFile().deleteOnExit();
            folder.resolve(".pdfbox.cache").toFile().deleteOnExit();
            System.setProperty(FONT_CACHE, folder.toString());
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
