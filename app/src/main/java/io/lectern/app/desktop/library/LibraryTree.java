package io.lectern.app.desktop.library;

import io.lectern.ingest.matter.LibraryEntry;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the tree of folders as they are on disk out of the library's files. */
final class LibraryTree {
    private LibraryTree() {}

    /** A root without a row, below it the folders that were added, below them what they hold. */
    static LibraryNode of(List<LibraryEntry> entries) {
        LibraryNode root = new LibraryNode("", null, null);
        Map<String, LibraryNode> folders = new HashMap<>();
        // Folders before files, and both as a person sorts names.
        List<LibraryEntry> sorted = entries.stream()
                .sorted(Comparator.comparing(
                                (LibraryEntry entry) -> entry.root().toString())
                        .thenComparing(entry -> entry.name().split("/"), LibraryTree::compare))
                .toList();
        for (LibraryEntry entry : sorted) {
            LibraryNode parent = folders.computeIfAbsent(
                    entry.root().toString(), path -> new LibraryNode(nameOf(entry.root()), null, root));
            String[] parts = entry.name().split("/");
            StringBuilder path = new StringBuilder(entry.root().toString());
            for (int i = 0; i < parts.length - 1; i++) {
                LibraryNode above = parent;
                String part = parts[i];
                parent = folders.computeIfAbsent(
                        path.append('/').append(part).toString(), key -> new LibraryNode(part, null, above));
            }
            new LibraryNode(parts[parts.length - 1], entry, parent);
        }
        return root;
    }

    private static int compare(String[] first, String[] second) {
        for (int i = 0; i < Math.min(first.length, second.length); i++) {
            boolean firstIsFile = i == first.length - 1;
            boolean secondIsFile = i == second.length - 1;
            if (firstIsFile != secondIsFile) {
                return firstIsFile ? 1 : -1;
            }
            int order = String.CASE_INSENSITIVE_ORDER.compare(first[i], second[i]);
            order = order != 0 ? order : first[i].compareTo(second[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(first.length, second.length);
    }

    private static String nameOf(Path root) {
        return root.getFileName() == null ? root.toString() : root.getFileName().toString();
    }
}
