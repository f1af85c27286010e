package io.lectern.ingest.extract;

import io.lectern.ingest.document.DocumentFormat;
import java.util.Set;

/**
 * What a file's content shows it to be, and which names such files carry. Broader than {@link DocumentFormat}: a file that
 * Lectern cannot read yet is still named for what it is.
 */
enum FileKind {
    EMPTY(DocumentFormat.UNSUPPORTED, "an empty file", ""),
    PDF(DocumentFormat.PDF, "a PDF", "", "pdf"),
    DOCX(DocumentFormat.DOCX, "a Word document", "", "docx", "docm", "dotx", "dotm"),
    ENCRYPTED_OFFICE(
            DocumentFormat.UNSUPPORTED,
            "a password-protected Office document",
            "Open it in Word, remove the password (File, Info, Protect Document), save it and add it again, or leave it out.",
            "docx",
            "docm",
            "dotx",
            "dotm",
            "xlsx",
            "xlsm",
            "pptx",
            "pptm"),
    WORD_97(DocumentFormat.UNSUPPORTED, "a Word 97–2003 document", Remedy.SAVE_AS_DOCX, "doc"),
    RTF(DocumentFormat.UNSUPPORTED, "an RTF document", Remedy.SAVE_AS_DOCX, "rtf"),
    OPEN_DOCUMENT_TEXT(DocumentFormat.UNSUPPORTED, "an OpenDocument text", Remedy.SAVE_AS_DOCX, "odt", "ott"),
    SPREADSHEET(
            DocumentFormat.UNSUPPORTED,
            "a spreadsheet",
            Remedy.SAVE_AS_PDF,
            "xlsx",
            "xlsm",
            "xlsb",
            "xltx",
            "xls",
            "ods"),
    SLIDES(DocumentFormat.UNSUPPORTED, "a slide deck", Remedy.SAVE_AS_PDF, "pptx", "pptm", "ppsx", "ppt", "odp"),
    EPUB(DocumentFormat.UNSUPPORTED, "an EPUB book", "Convert it to PDF or plain text and add that.", "epub"),
    MAIL(DocumentFormat.UNSUPPORTED, "an e-mail message", Remedy.SAVE_AS_PDF, "eml", "mbox"),
    OUTLOOK_MAIL(DocumentFormat.UNSUPPORTED, "an Outlook message", Remedy.SAVE_AS_PDF, "msg"),
    OTHER_OFFICE(DocumentFormat.UNSUPPORTED, "an Office file of an older kind", Remedy.SAVE_AS_PDF),
    PICTURE(
            DocumentFormat.UNSUPPORTED,
            "a picture",
            "Recognise its text with an OCR program that writes a searchable PDF, and add that.",
            "png",
            "jpg",
            "jpeg",
            "gif",
            "tif",
            "tiff",
            "bmp",
            "webp",
            "heic",
            "ico",
            "jp2"),
    ARCHIVE(
            DocumentFormat.UNSUPPORTED,
            "an archive",
            "Unpack it and add the folder.",
            "zip",
            "gz",
            "tgz",
            "bz2",
            "xz",
            "zst",
            "7z",
            "rar",
            "tar",
            "jar",
            "war",
            "whl"),
    MEDIA(
            DocumentFormat.UNSUPPORTED,
            "a sound or film file",
            "Add a transcript of it.",
            "mp3",
            "mp4",
            "m4a",
            "wav",
            "ogg",
            "flac",
            "mov",
            "avi",
            "mkv",
            "webm"),
    BINARY(
            DocumentFormat.UNSUPPORTED,
            "a file of binary data",
            "If it belongs to another program, export it there as PDF, DOCX or text, and add that."),
    WEB_PAGE(DocumentFormat.CODE, "a web page (HTML)", "", "html", "htm", "xhtml"),
    TEXT(DocumentFormat.TEXT, "plain text", "");

    private static final class Remedy {
        static final String SAVE_AS_DOCX = "Save it as .docx in Word or LibreOffice and add that.";
        static final String SAVE_AS_PDF = "Save or print it as PDF and add that.";
    }

    private final DocumentFormat format;
    private final String label;
    private final String remedy;
    private final Set<String> extensions;

    FileKind(DocumentFormat format, String label, String remedy, String... extensions) {
        this.format = format;
        this.label = label;
        this.remedy = remedy;
        this.extensions = Set.of(extensions);
    }

    /** The family that reads it; {@link DocumentFormat#UNSUPPORTED} if none does. */
    DocumentFormat format() {
        return format;
    }

    /** A name for people, with its article. */
    String label() {
        return label;
    }

    /** What a user can do with a file that is not read. */
    String remedy() {
        return remedy;
    }

    /**
     * Whether the name says something else than the content. Only names that promise a kind with a shape of its own
     * can lie: text may be called anything.
     */
    boolean contradicts(String extension) {
        if (this == EMPTY || extensions.contains(extension)) {
            return false;
        }
        boolean promisesText = this != TEXT && this != WEB_PAGE && TEXT_NAMES.contains(extension);
        boolean promisesAnother = false;
        for (FileKind kind : values()) {
            promisesAnother |= kind.extensions.contains(extension);
        }
        return promisesText || (promisesAnother && !(this == TEXT && WEB_PAGE.extensions.contains(extension)));
    }

    private static final Set<String> TEXT_NAMES = Set.of("txt", "text", "md", "markdown", "log", "csv");
}
