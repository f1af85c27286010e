package io.lectern.ingest.extract;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Finding.Severity;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentReaderTest {
    private final DocumentReader reader = new DocumentReader();

    @TempDir
    Path folder;

    private Path resource(String name) throws IOException {
        Path copy = folder.resolve(name);
        try (InputStream in = getClass().getResourceAsStream("/io/lectern/ingest/extract/" + name)) {
            Files.copy(in, copy);
        }
        return copy;
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content, StandardCharsets.ISO_8859_1);
    }

    private static List<Kind> kinds(Document document) {
        return document.findings().stream().map(Finding::kind).toList();
    }

    @Test
    void aWordDocumentNamedPdfIsReadAsWhatItIs() throws IOException {
        Document document = reader.read(resource("docx-named.pdf"));
        assertThat(document.format()).isEqualTo(DocumentFormat.DOCX);
        assertThat(document.text()).contains("MANUFACTURING");
        assertThat(kinds(document)).containsExactly(Kind.MISLABELLED);
        assertThat(document.findings().getFirst().message()).contains(".pdf").contains("Word document");
    }

    @Test
    void aWebPageNamedPdfIsReadAsItsSourceAndSaid() throws IOException {
        Document document = reader.read(resource("html-named.pdf"));
        assertThat(document.format()).isEqualTo(DocumentFormat.CODE);
        assertThat(kinds(document)).containsExactly(Kind.MISLABELLED);
        assertThat(document.findings().getFirst().message()).contains("HTML");
    }

    @Test
    void anEncryptedWordDocumentAsksForItsPassword() throws IOException {
        Document document = reader.read(resource("encrypted.docx"));
        assertThat(document.isReadable()).isFalse();
        assertThat(kinds(document)).containsExactly(Kind.ENCRYPTED);
        assertThat(document.findings().getFirst().message()).contains("password-protected");
    }

    @Test
    void aTruncatedWordDocumentIsDamaged() throws IOException {
        assertThat(kinds(reader.read(resource("truncated.docx")))).containsExactly(Kind.DAMAGED);
    }

    @Test
    void aWordDocumentWithADamagedDirectoryIsNotReadSilently() throws IOException {
        assertThat(kinds(reader.read(resource("corrupt-fuzzed.docx")))).contains(Kind.DAMAGED);
    }

    @Test
    void aGuessedCharsetIsNamed() throws IOException {
        Document document = reader.read(resource("windows-1252.txt"));
        assertThat(kinds(document)).containsExactly(Kind.CHARSET_GUESSED);
        assertThat(document.findings().getFirst().message()).contains("windows-1252");
        assertThat(document.text()).contains("REQUESTED—This").doesNotContain("\uFFFD");
    }

    @Test
    void anEmptyFileIsEmptyWhateverItsName() throws IOException {
        assertThat(kinds(reader.read(file("contract.pdf", "")))).containsExactly(Kind.EMPTY);
        assertThat(kinds(reader.read(file("blank.txt", " \n\n")))).containsExactly(Kind.EMPTY);
    }

    @Test
    void aMissingFileAndAFolderSaySo() {
        Document missing = reader.read(folder.resolve("missing.pdf"));
        assertThat(kinds(missing)).containsExactly(Kind.UNREADABLE);
        assertThat(missing.findings().getFirst().message())
                .contains("missing.pdf")
                .contains("does not exist");
        assertThat(missing.id())
                .isNotEqualTo(reader.read(folder.resolve("other.pdf")).id());
        assertThat(reader.read(folder).findings().getFirst().message()).contains("is a folder");
        assertThat(kinds(reader.read(folder.getRoot()))).containsExactly(Kind.UNREADABLE);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aDeviceIsNotOpened() {
        assertThat(reader.read(Path.of("/dev/zero")).findings().getFirst().message())
                .contains("is a device");
    }

    static Stream<Arguments> notReadYet() {
        return Stream.of(
                Arguments.of("letter.rtf", "{\\rtf1 text}", "RTF"),
                Arguments.of("picture.png", "\u0089PNG\r\n\u001A\n", "picture"),
                Arguments.of("scan.jpg", "\u00FF\u00D8\u00FF\u00E0", "picture"),
                Arguments.of("old.gz", "\u001F\u008B\b\u0000", "archive"),
                Arguments.of("thing.bin", "a\u0000b", "binary"));
    }

    @ParameterizedTest
    @MethodSource("notReadYet")
    void whatIsNotReadYetIsNamed(String name, String content, String label) throws IOException {
        Document document = reader.read(file(name, content));
        assertThat(kinds(document)).containsExactly(Kind.UNSUPPORTED);
        Finding finding = document.findings().getFirst();
        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
        assertThat(finding.message()).contains(name).contains(label);
        assertThat(finding.remedy()).isNotEmpty();
    }

    @Test
    void aMessageIsRecognisedByItsHeader() throws IOException {
        Path mail = file(
                "message.txt",
                "Received: from x\nFrom: a@example.org\nDate: Mon, 2 Feb 2026 10:00:00 +0000\nMessage-ID: <1@x>\n\nHello");
        assertThat(kinds(reader.read(mail))).containsExactly(Kind.MISLABELLED, Kind.UNSUPPORTED);
        assertThat(reader.read(file("memo.txt", "From: Ann\nDate: today\n\nHello"))
                        .format())
                .isEqualTo(DocumentFormat.TEXT);
    }

    @Test
    void otherPackagesThanWordsAreTold() throws IOException {
        assertThat(reader.read(zip("figures.xlsx", "xl/workbook.xml"))
                        .findings()
                        .getFirst()
                        .message())
                .contains("spreadsheet");
        assertThat(reader.read(zip("talk.pptx", "ppt/presentation.xml"))
                        .findings()
                        .getFirst()
                        .message())
                .contains("slide deck");
        assertThat(reader.read(zip("many.zip", "a.txt")).findings().getFirst().message())
                .contains("archive");
    }

    private Path zip(String name, String entry) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write("x".getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void binaryDataNamedAsTextIsMislabelled() throws IOException {
        assertThat(kinds(reader.read(file("notes.txt", "a\u0000b"))))
                .containsExactly(Kind.MISLABELLED, Kind.UNSUPPORTED);
    }

    @Test
    void textMarkdownAndCodeAreToldByNameAndKeptAsTheyStand() throws IOException {
        String text = "# Title\r\n\r\nwords\r\n";
        Document markdown = reader.read(file("a.md", text));
        assertThat(markdown.format()).isEqualTo(DocumentFormat.MARKDOWN);
        assertThat(markdown.text()).isEqualTo(text);
        assertThat(markdown.typedSpans())
                .containsExactly(new TypedSpan(new Span(0, 7), TypedSpan.Type.HEADING, "level 1"));
        Document code = reader.read(file("Main.java", "class A {\n}\n"));
        assertThat(code.format()).isEqualTo(DocumentFormat.CODE);
        assertThat(code.locate(new Span(10, 11))).isEqualTo(new Locator.Lines(2, 1, 2, 2));
        assertThat(reader.read(file("run", "#!/bin/sh\necho\n")).format()).isEqualTo(DocumentFormat.CODE);
        assertThat(reader.read(file("a.txt", text)).format()).isEqualTo(DocumentFormat.TEXT);
    }

    @Test
    void headingsInFencesAreNoHeadings() throws IOException {
        Document markdown = reader.read(file("b.md", "Top\n===\n\n```\n# not this\n```\n\nsub\n---\n\n- item\n---\n"));
        assertThat(markdown.typedSpans())
                .extracting(typed -> typed.span().of(markdown.text()) + " " + typed.note())
                .containsExactly("Top level 1", "sub level 2");
    }

    @Test
    void whateverAnExtractorThrowsIsAFinding() throws IOException {
        Path file = file("a.txt", "words");
        Map<Throwable, Kind> failures = Map.of(
                new StackOverflowError(),
                Kind.DAMAGED,
                new OutOfMemoryError(),
                Kind.TOO_BIG,
                new IllegalStateException("secret words"),
                Kind.DAMAGED,
                new IOException("secret words"),
                Kind.DAMAGED);
        failures.forEach((thrown, kind) -> {
            Extractor failing = ignored -> {
                if (thrown instanceof IOException e) {
                    throw e;
                } else if (thrown instanceof RuntimeException e) {
                    throw e;
                }
                throw (Error) thrown;
            };
            Document document = new DocumentReader(Map.of(DocumentFormat.TEXT, failing)).read(file);
            assertThat(kinds(document)).containsExactly(kind);
            assertThat(document.findings().getFirst().message())
                    .contains("a.txt")
                    .doesNotContain("secret");
        });
    }
}
