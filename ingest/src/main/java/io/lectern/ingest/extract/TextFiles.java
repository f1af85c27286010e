package io.lectern.ingest.extract;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.TypedSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** What text, Markdown and source code have in common: a file of characters in lines. */
public final class TextFiles {
    /** Largest file that is read, in bytes: ten million tokens, more than any model's window. */
    static final long LARGEST = 64L << 20;

    private static final Set<String> MARKDOWN = Set.of("md", "markdown", "mdown", "mkd");

    private static final Set<String> CODE_EXTENSIONS = Set.of(
            ("java kt kts scala groovy gradle clj cljs c h cc cpp cxx hpp hh hxx m mm cs fs fsx vb go rs swift zig d nim py "
                            + "pyi pyx rb php pl pm t lua r jl ex exs erl hrl hs ml mli elm dart js mjs cjs jsx ts mts cts tsx "
                            + "vue svelte css scss sass less html htm xhtml xml xsd xsl xslt svg json json5 jsonc jsonl yaml "
                            + "yml toml ini cfg conf properties env sql graphql gql proto thrift sh bash zsh fish ps1 psm1 "
                            + "bat cmd awk sed asm s cmake mk mak bazel bzl nix tf tfvars hcl dockerfile f f90 f95 for cob "
                            + "cbl pas ada adb ads v sv vhd vhdl tex bib sty cls lisp el scm rkt vim diff patch cu cl glsl "
                            + "hlsl wgsl ipynb csproj sln pom lock gitignore gitattributes editorconfig dockerignore")
                    .split(" "));

    private static final Set<String> CODE_NAMES = Set.of(
            "makefile",
            "gnumakefile",
            "dockerfile",
            "containerfile",
            "jenkinsfile",
            "vagrantfile",
            "rakefile",
            "gemfile",
            "procfile",
            "brewfile",
            "justfile",
            "build",
            "workspace",
            "cmakelists.txt",
            "go.mod",
            "codeowners",
            ".gitignore",
            ".gitattributes",
            ".gitmodules",
            ".dockerignore",
            ".editorconfig",
            ".npmrc",
            ".eslintrc",
            ".prettierrc",
            ".babelrc",
            ".bashrc");

    private TextFiles() {}

    /** Which kind of text a file is by its name and, for a script without one, its first line; plain text if neither tells. */
    public static DocumentFormat formatByName(SourceFile file) throws IOException {
        String name = file.name().toLowerCase(Locale.ROOT);
        if (MARKDOWN.contains(file.extension())) {
            return DocumentFormat.MARKDOWN;
        }
        if (CODE_NAMES.contains(name) || CODE_EXTENSIONS.contains(file.extension())) {
            return DocumentFormat.CODE;
        }
        return file.extension().isEmpty() && isScript(file) ? DocumentFormat.CODE : DocumentFormat.TEXT;
    }

    private static boolean isScript(SourceFile file) throws IOException {
        try (var in = Files.newInputStream(file.path())) {
            return in.read() == '#' && in.read() == '!';
        }
    }

    /**
     * Reads such a file.
     *
     * @param typing finds the typed spans of its text, ordered by start
     * @throws IOException if the file cannot be read
     */
    public static Document read(SourceFile file, DocumentFormat format, Function<String, List<TypedSpan>> typing)
            throws IOException {
        long bytes = Files.size(file.path());
        if (bytes > LARGEST) {
            return Document.unreadable(
                    file.id(),
                    format,
                    List.of(Finding.ofFile(
                            Kind.TOO_BIG,
                            Severity.ERROR,
                            String.format(
                                    Locale.ROOT,
                                    "%s is too big: %.1f MiB of text, and at most %d MiB are read.",
                                    file.name(),
                                    bytes / (double) (1 << 20),
                                    LARGEST >> 20),
                            "Split it and add the parts that matter.")));
        }
        PlainText.Decoded decoded = PlainText.decode(Files.readAllBytes(file.path()));
        String text = decoded.text();
        return new Document(
                file.id(), format, text, List.of(), LineLayout.of(text), typing.apply(text), findings(file, decoded));
    }

    private static List<Finding> findings(SourceFile file, PlainText.Decoded decoded) {
        List<Finding> findings = new ArrayList<>();
        if (decoded.guessed()) {
            findings.add(Finding.ofFile(
                    Kind.CHARSET_GUESSED,
                    Severity.WARNING,
                    file.name() + " does not say how its letters are encoded; it was read as " + decoded.charset()
                            + ".",
                    "Look at accents, quotes and currency signs; if they are wrong, save the file as UTF-8."));
        }
        if (decoded.malformed() > 0) {
            findings.add(Finding.ofFile(
                    Kind.DAMAGED,
                    Severity.WARNING,
                    file.name() + " has " + decoded.malformed() + " places that are no characters in "
                            + decoded.charset() + "; � stands for each.",
                    "Get it again from where it came, or save it as UTF-8 in the program that made it."));
        }
        int controls = (int) decoded.text().chars().filter(c -> c == 0).count();
        if (controls > 0) {
            findings.add(Finding.ofFile(
                    Kind.DAMAGED,
                    Severity.WARNING,
                    file.name() + " has " + controls + " NUL characters among its text; part of it may be binary data.",
                    "Open it in a text editor and look whether all of it is text."));
        }
        if (decoded.text().isBlank()) {
            findings.add(Finding.ofFile(
                    Kind.EMPTY, Severity.ERROR, file.name() + " holds nothing but white space.", "Leave it out."));
        }
        return findings;
    }
}
