package io.lectern.ingest.repository;

import io.lectern.ingest.extract.ContentSniffer;
import io.lectern.ingest.repository.Walk.FoundFile;
import io.lectern.ingest.repository.Walk.LeftOut;
import io.lectern.ingest.repository.Walk.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the files to read under given files and folders, and says of everything else why it is not read.
 *
 * <p>In a source tree (a folder under version control, or with ignore files) that is what its authors wrote: ignore rules
 * hold, and binaries, lock files, generated and vendored code are left out. In any other folder everything is read except
 * what operating systems and office programs leave behind. A file that was asked for by itself is always read.
 *
 * <p>Symbolic links inside a folder are not followed, so no walk leaves its root or runs in a circle: what such a link
 * leads to is read at its own place if that lies below the root. Ignore rules of the user's global Git configuration are
 * not known here, and a file is ignored by rule even where it is tracked.
 */
public final class FolderWalker {
    private final Set<Reason> included;

    /** A walker that leaves out what is not worth reading. */
    public FolderWalker() {
        this(Set.of());
    }

    /**
     * A walker that reads some of it nevertheless.
     *
     * @param included reasons that shall not count, such as {@link Reason#IGNORED} or {@link Reason#VENDORED}
     */
    public FolderWalker(Collection<Reason> included) {
        this.included = EnumSet.noneOf(Reason.class);
        this.included.addAll(included);
    }

    /** Walks the given files and folders in their order; what lies in several of them is found once. */
    public Walk walk(List<Path> roots) {
        Run run = new Run();
        roots.forEach(root -> run.start(root.toAbsolutePath().normalize()));
        return new Walk(run.files, run.leftOut);
    }

    /** One walk. */
    private final class Run {
        private final List<FoundFile> files = new ArrayList<>();
        private final List<LeftOut> leftOut = new ArrayList<>();
        private final Set<Path> seen = new HashSet<>();
        private Path root;

        void start(Path newRoot) {
            root = newRoot;
            if (Files.isDirectory(root)) {
                try {
                    folder(root, rulesAround(root));
                } catch (IOException e) {
                    leaveOut(root, Reason.UNREADABLE, why(e));
                }
            } else {
                found(root);
            }
        }

        /** Whoever picks a folder inside a source tree still means that tree's rules. */
        private IgnoreRules rulesAround(Path folder) throws IOException {
            Path top = folder;
            while (top != null && !Files.exists(top.resolve(".git"))) {
                top = top.getParent();
            }
            if (top == null || top.equals(folder)) {
                return null;
            }
            IgnoreRules rules = IgnoreRules.atTop(top);
            Path between = top;
            for (Path name : top.relativize(folder.getParent())) {
                if (!name.toString().isEmpty()) {
                    between = between.resolve(name);
                    rules = rules.entering(between);
                }
            }
            return rules;
        }

        /** @param outside the rules around the folder; null outside a source tree */
        private void folder(Path folder, IgnoreRules outside) throws IOException {
            if (!seen.add(folder.toRealPath())) {
                return;
            }
            IgnoreRules rules = outside;
            if (Files.exists(folder.resolve(".git")) || (outside == null && SourceTreeRules.isSourceTree(folder))) {
                rules = IgnoreRules.atTop(folder);
            } else if (outside != null) {
                rules = outside.entering(folder);
            }
            List<Path> entries = new ArrayList<>();
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(entries::add);
            } catch (java.nio.file.DirectoryIteratorException e) {
                throw e.getCause();
            }
            entries.sort(Comparator.comparing(entry -> entry.getFileName().toString()));
            Set<String> names = entries.stream()
                    .map(entry -> entry.getFileName().toString())
                    .collect(Collectors.toSet());
            for (Path entry : entries) {
                try {
                    entry(entry, names, rules);
                } catch (IOException e) {
                    leaveOut(entry, Reason.UNREADABLE, why(e));
                }
            }
        }

        private void entry(Path path, Set<String> siblings, IgnoreRules rules) throws IOException {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean isFolder = attributes.isDirectory();
            String name = path.getFileName().toString();
            if (SourceTreeRules.isLitter(name) && !included.contains(Reason.SYSTEM_LITTER)) {
                leaveOut(path, Reason.SYSTEM_LITTER, "");
            } else if (SourceTreeRules.isVersionControl(name) && (isFolder || name.equals(".git"))) {
                leaveOut(path, Reason.VERSION_CONTROL, "");
            } else if (attributes.isSymbolicLink()) {
                leaveOut(path, Reason.SYMBOLIC_LINK, linkTarget(path));
            } else if (attributes.isOther()) {
                leaveOut(path, Reason.NOT_A_FILE, "");
            } else if (rules == null) {
                enter(path, isFolder, null);
            } else {
                Optional<String> ignoring =
                        included.contains(Reason.IGNORED) ? Optional.empty() : rules.ignoring(path, isFolder);
                Optional<Reason> custom = isFolder
                        ? SourceTreeRules.reasonAgainstFolder(path, siblings)
                        : reasonAgainstFile(path, attributes.size());
                if (ignoring.isPresent()) {
                    leaveOut(path, Reason.IGNORED, ignoring.get());
                } else if (custom.isPresent() && !included.contains(custom.get())) {
                    leaveOut(path, custom.get(), "");
                } else {
                    enter(path, isFolder, rules);
                }
            }
        }

        private Optional<Reason> reasonAgainstFile(Path file, long bytes) throws IOException {
            Optional<Reason> byName =
                    SourceTreeRules.reasonAgainstName(file.getFileName().toString());
            if (byName.isPresent()) {
                return byName;
            }
            if (bytes == 0) {
                return Optional.of(Reason.EMPTY);
            }
            if (!ContentSniffer.isSupported(file)) {
                return Optional.of(Reason.BINARY);
            }
            return SourceTreeRules.isGeneratedText(file) ? Optional.of(Reason.GENERATED) : Optional.empty();
        }

        private void enter(Path path, boolean isFolder, IgnoreRules rules) throws IOException {
            if (isFolder) {
                folder(path, rules);
            } else {
                found(path);
            }
        }

        private String linkTarget(Path link) throws IOException {
            if (!Files.exists(link)) {
                return "it leads nowhere";
            }
            return link.toRealPath().startsWith(root.toRealPath())
                    ? "what it leads to is read at its own place"
                    : "it leads out of the folder";
        }

        /** A file that is missing is passed on too: reading it says what is wrong with it. */
        private void found(Path file) {
            try {
                if (seen.add(file.toRealPath())) {
                    files.add(new FoundFile(file, root, name(file), Files.size(file)));
                }
            } catch (IOException e) {
                files.add(new FoundFile(file, root, name(file), 0));
            }
        }

        private void leaveOut(Path path, Reason reason, String detail) {
            Sum sum = new Sum();
            try {
                Files.walkFileTree(path, sum);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("the visitor passes over what it cannot read", e);
            }
            String slash = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "/" : "";
            leftOut.add(new LeftOut(path, root, name(path) + slash, reason, detail, sum.files, sum.bytes));
        }

        private String name(Path path) {
            String relative = root.relativize(path).toString().replace('\\', '/');
            return relative.isEmpty() ? String.valueOf(path.getFileName()) : relative;
        }
    }

    /** Adds up what lies in a folder, as far as it can be read; links count by themselves and are not followed. */
    private static final class Sum extends SimpleFileVisitor<Path> {
        private int files;
        private long bytes;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files++;
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static String why(IOException e) {
        return e instanceof AccessDeniedException
                ? "permission denied"
                : e.getClass().getSimpleName();
    }
}
