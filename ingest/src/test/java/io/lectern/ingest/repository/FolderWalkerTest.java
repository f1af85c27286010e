package io.lectern.ingest.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lectern.ingest.document.Finding;
import io.lectern.ingest.repository.Walk.FoundFile;
import io.lectern.ingest.repository.Walk.LeftOut;
import io.lectern.ingest.repository.Walk.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWalkerTest {
    @TempDir
    Path temporary;

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(temporary.toRealPath().resolve("root"));
    }

    private Path put(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private void makeRepository() throws GitAPIException {
        Git.init().setDirectory(root.toFile()).call().close();
    }

    private Walk walk() {
        return new FolderWalker().walk(List.of(root));
    }

    private static List<String> names(Walk walk) {
        return walk.files().stream().map(FoundFile::name).toList();
    }

    private static List<String> leftOut(Walk walk, Reason reason) {
        return walk.leftOut().stream()
                .filter(entry -> entry.reason() == reason)
                .map(LeftOut::name)
                .toList();
    }

    @Test
    void aFolderOfContractsLosesNothingButLitter() throws IOException {
        put("b.pdf", "%PDF-");
        put("a.docx", "PK");
        put("scans/page.png", "\u0089PNG");
        put("build/pom.xml", "<x/>");
        put("node_modules/kept.txt", "x");
        put("empty.txt", "");
        put(".DS_Store", "x");
        put("scans/Thumbs.db", "x");
        put("~$a.docx", "x");
        put(".~lock.a.docx#", "x");
        Walk walk = walk();
        assertThat(names(walk))
                .containsExactly(
                        "a.docx", "b.pdf", "build/pom.xml", "empty.txt", "node_modules/kept.txt", "scans/page.png");
        assertThat(leftOut(walk, Reason.SYSTEM_LITTER))
                .containsExactly(".DS_Store", ".~lock.a.docx#", "scans/Thumbs.db", "~$a.docx");
        assertThat(walk.leftOut()).hasSize(4);
    }

    @Test
    void ignoreRulesNestNegateAndCombine() throws Exception {
        makeRepository();
        put(".gitignore", "*.log\n/secret/\n!keep.log\n");
        put(".git/info/exclude", "private.txt\n");
        put(".ignore", "notes.txt\n");
        put("sub/.gitignore", "!special.log\nlocal/\n");
        put("a.log", "x");
        put("keep.log", "x");
        put("private.txt", "x");
        put("notes.txt", "x");
        put("secret/a.txt", "x");
        put("secret/b.txt", "xx");
        put("sub/special.log", "x");
        put("sub/other.log", "x");
        put("sub/local/x.txt", "x");
        put("sub/secret/kept.txt", "x");
        Walk walk = walk();
        assertThat(names(walk))
                .containsExactly(
                        ".gitignore",
                        ".ignore",
                        "keep.log",
                        "sub/.gitignore",
                        "sub/secret/kept.txt",
                        "sub/special.log");
        assertThat(leftOut(walk, Reason.IGNORED))
                .containsExactly("a.log", "notes.txt", "private.txt", "secret/", "sub/local/", "sub/other.log");
        LeftOut secret = walk.leftOut().stream()
                .filter(entry -> entry.name().equals("secret/"))
                .findFirst()
                .orElseThrow();
        assertThat(secret.files()).isEqualTo(2);
        assertThat(secret.bytes()).isEqualTo(3);
        assertThat(secret.detail()).isEqualTo(".gitignore");
        assertThat(secret.finding().kind()).isEqualTo(Finding.Kind.LEFT_OUT);
        assertThat(secret.finding().message()).contains("secret/").contains("2 files, 3 bytes");
    }

    @Test
    void aFolderInsideARepositoryKeepsTheRulesAroundIt() throws Exception {
        makeRepository();
        put(".gitignore", "*.log\n");
        put("sub/.gitignore", "inner/skipped.txt\n");
        put("sub/inner/a.log", "x");
        put("sub/inner/skipped.txt", "x");
        put("sub/inner/a.txt", "x");
        Walk walk = new FolderWalker().walk(List.of(root.resolve("sub/inner")));
        assertThat(names(walk)).containsExactly("a.txt");
        assertThat(leftOut(walk, Reason.IGNORED)).containsExactly("a.log", "skipped.txt");
    }

    @Test
    void whatNobodyWroteIsLeftOutOfASourceTreeAndListed() throws Exception {
        makeRepository();
        put("pom.xml", "<project/>");
        put("src/Main.java", "class Main {}");
        put("src/build/Tool.java", "class Tool {}");
        put("target/Main.class", "x");
        put("node_modules/x/index.js", "x");
        put("package-lock.json", "{}");
        put("app.min.js", "x");
        put("bundle.js", "x".repeat(6000));
        put("Stub.java", "// Code generated by protoc. DO NOT EDIT.\nclass Stub {}");
        put("logo.bin", "a\0b");
        put("__init__.py", "");
        Walk walk = walk();
        assertThat(names(walk)).containsExactly("pom.xml", "src/Main.java", "src/build/Tool.java");
        assertThat(leftOut(walk, Reason.VERSION_CONTROL)).containsExactly(".git/");
        assertThat(leftOut(walk, Reason.GENERATED)).containsExactly("Stub.java", "app.min.js", "bundle.js", "target/");
        assertThat(leftOut(walk, Reason.VENDORED)).containsExactly("node_modules/");
        assertThat(leftOut(walk, Reason.LOCK_FILE)).containsExactly("package-lock.json");
        assertThat(leftOut(walk, Reason.BINARY)).containsExactly("logo.bin");
        assertThat(leftOut(walk, Reason.EMPTY)).containsExactly("__init__.py");
    }

    @Test
    void whatIsLeftOutCanBeAskedFor() throws Exception {
        makeRepository();
        put(".gitignore", "a.txt\n");
        put("a.txt", "x");
        put("vendor/b.go", "package b");
        Walk walk = new FolderWalker(Set.of(Reason.IGNORED, Reason.VENDORED)).walk(List.of(root));
        assertThat(names(walk)).containsExactly(".gitignore", "a.txt", "vendor/b.go");
    }

    @Test
    void linksNeitherLeaveTheRootNorRunInCircles() throws IOException {
        Path outside = Files.writeString(temporary.resolve("outside.txt"), "x");
        put("a.txt", "x");
        Files.createDirectory(root.resolve("sub"));
        Files.createSymbolicLink(root.resolve("sub/up"), root);
        Files.createSymbolicLink(root.resolve("out.txt"), outside);
        Files.createSymbolicLink(root.resolve("out"), temporary);
        Files.createSymbolicLink(root.resolve("nowhere"), root.resolve("missing"));
        Walk walk = walk();
        assertThat(names(walk)).containsExactly("a.txt");
        assertThat(walk.leftOut())
                .extracting(entry -> entry.name() + ": " + entry.detail())
                .containsExactly(
                        "nowhere: it leads nowhere",
                        "out: it leads out of the folder",
                        "out.txt: it leads out of the folder",
                        "sub/up: what it leads to is read at its own place");
    }

    @Test
    void aFileInSeveralRootsIsFoundOnceAndMissingOnesArePassedOn() throws IOException {
        Path file = put("sub/a.txt", "x");
        Path missing = root.resolve("missing.txt");
        Walk walk = new FolderWalker().walk(List.of(file, root, root.resolve("sub"), missing));
        assertThat(names(walk)).containsExactly("a.txt", "missing.txt");
    }

    @Test
    void aFolderThatMayNotBeOpenedIsReported() throws IOException {
        put("open.txt", "x");
        put("closed/a.txt", "x");
        Path closed = root.resolve("closed");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(closed))
                    .as("a superuser may open every folder")
                    .isFalse();
            Walk walk = walk();
            assertThat(names(walk)).containsExactly("open.txt");
            assertThat(leftOut(walk, Reason.UNREADABLE)).containsExactly("closed/");
            assertThat(walk.leftOut().getFirst().finding().severity()).isEqualTo(Finding.Severity.ERROR);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
