package io.lectern.ingest.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.ignore.IgnoreNode;

/**
 * The ignore rules in force at a folder of a source tree, weakest first: {@code .git/info/exclude}, then each folder's
 * {@code .gitignore} and {@code .ignore} from the top down. A later rule decides, as in Git. Patterns are JGit's business.
 */
final class IgnoreRules {
    private record Rules(Path folder, String source, IgnoreNode node) {}

    private final List<Rules> inForce;

    private IgnoreRules(List<Rules> inForce) {
        this.inForce = inForce;
    }

    /** The rules at the top of a source tree. */
    static IgnoreRules atTop(Path top) throws IOException {
        List<Rules> rules = new ArrayList<>();
        Path excludes = top.resolve(".git").resolve("info").resolve("exclude");
        addIfPresent(rules, top, excludes, ".git/info/exclude");
        return new IgnoreRules(rules).entering(top);
    }

    /** The rules inside a folder: those outside and its own. */
    IgnoreRules entering(Path folder) throws IOException {
        List<Rules> rules = new ArrayList<>(inForce);
        for (String name : List.of(".gitignore", ".ignore")) {
            addIfPresent(rules, folder, folder.resolve(name), name);
        }
        return new IgnoreRules(rules);
    }

    private static void addIfPresent(List<Rules> rules, Path folder, Path file, String source) throws IOException {
        if (Files.isRegularFile(file) && Files.isReadable(file)) {
            IgnoreNode node = new IgnoreNode();
            try (InputStream in = Files.newInputStream(file)) {
                node.parse(source, in);
            }
            rules.add(new Rules(folder, source, node));
        }
    }

    /** The file whose rule leaves {@code path} out, if one does. */
    Optional<String> ignoring(Path path, boolean isFolder) {
        for (Rules rules : inForce.reversed()) {
            String relative = rules.folder().relativize(path).toString().replace('\\', '/');
            Boolean ignored = rules.node().checkIgnored(relative, isFolder);
            if (ignored != null) {
                return ignored ? Optional.of(rules.source()) : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
