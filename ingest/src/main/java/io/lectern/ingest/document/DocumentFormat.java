package io.lectern.ingest.document;

/** What a file really is, decided by its content and not by its name. */
public enum DocumentFormat {
    PDF("PDF"),
    DOCX("Word document"),
    MARKDOWN("Markdown"),
    TEXT("plain text"),
    CODE("source code"),
    UNSUPPORTED("unsupported");

    private final String label;

    DocumentFormat(String label) {
        this.label = label;
    }

    /** A name for people. */
    public String label() {
        return label;
    }
}
