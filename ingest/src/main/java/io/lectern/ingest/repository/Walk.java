package io.lectern.ingest.repository;

import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a walk over files and folders found.
 *
 * @param files to be read, in a stable order
 * @param leftOut what is not read, each with its reason; a folder left out whole is one entry
 */
public record Walk(List<FoundFile> files, List<LeftOut> leftOut) {
    public Walk {
        files = List.copyOf(files);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * A file to be read.
     *
     * @param path where it lies
     * @param root the file or folder that was asked for and led to it
     * @param name for display: the path below the root, with slashes; the file's own name where it is the root
     * @param bytes its size
     */
    public record FoundFile(Path path, Path root, String name, long bytes) {}

    /**
     * A file or a folder that is not read.
     *
     * @param path where it lies
     * @param root the file or folder that was asked for and led to it
     * @param name for display, as in {@link FoundFile}; a folder's ends in a slash
     * @param reason why it is left out
     * @param detail the rule, target or error behind it, for people; may be empty
     * @param files how many files that leaves out
     * @param bytes their size together
     */
    public record LeftOut(Path path, Path root, String name, Reason reason, String detail, int files, long bytes) {

        /** The same as a finding to show beside the documents. */
        public Finding finding() {
            String what = detail.isEmpty() ? reason.label() : reason.label() + " (" + detail + ")";
            String amount = files == 1 ? sizeLabel(bytes) : files + " files, " + sizeLabel(bytes);
            if (reason == Reason.UNREADABLE) {
                return Finding.ofFile(
                        Kind.UNREADABLE,
                        Severity.ERROR,
                        name + " could not be opened: " + what + ".",
                        "Check that you may open it and that its drive is connected.");
            }
            return Finding.ofFile(
                    Kind.LEFT_OUT, Severity.NOTE, name + " was left out: " + what + "; " + amount + ".", "");
        }

        private static String sizeLabel(long bytes) {
            if (bytes < 1000) {
                return bytes + " bytes";
            }
            return bytes < 1_000_000
                    ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                    : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
        }
    }

    /** Why something is left out. */
    public enum Reason {
        IGNORED("an ignore rule of the repository names it"),
        VERSION_CONTROL("the version control's own data"),
        VENDORED("other people's code"),
        GENERATED("made by a program from other files"),
        LOCK_FILE("a lock file of a package manager"),
        BINARY("not text, and of no format that is read"),
        EMPTY("empty"),
        SYSTEM_LITTER("left by the operating system or an office program"),
        SYMBOLIC_LINK("a symbolic link"),
        NOT_A_FILE("neither a file nor a folder"),
        UNREADABLE("not readable");

        private final String label;

        Reason(String label) {
            this.label = label;
        }

        /** The reason for people. */
        public String label() {
            return label;
        }
    }
}
