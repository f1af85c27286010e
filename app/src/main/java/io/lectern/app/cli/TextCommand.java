package io.lectern.app.cli;

import io.lectern.ingest.document.CodePointOffsets;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Page;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.extract.DocumentReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lectern text}: what is extracted from one file. */
@Command(
        name = "text",
        description =
                "Prints what is extracted from one file: its text, and with --json its pages, typed spans and findings.",
        mixinStandardHelpOptions = true)
final class TextCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The file to read.")
    private Path file;

    @Option(names = "--json", description = "One JSON object; offsets count Unicode code points.")
    private boolean json;

    TextCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (!Files.isRegularFile(file)) {
            throw new Refusal(file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        Document document = new DocumentReader().read(file);
        if (json) {
            terminal.json(json(document));
        } else {
            terminal.print(document.text());
            document.findings().forEach(f -> terminal.remark(Findings.line(f)));
        }
        return Findings.exitCode(document.findings());
    }

    private record TextJson(
            String file,
            String sha256,
            String format,
            String offsetUnit,
            String text,
            List<PageJson> pages,
            List<TypedSpanJson> typedSpans,
            List<Finding> findings) {}

    private record PageJson(int number, int start, int end, float width, float height) {}

    private record TypedSpanJson(TypedSpan.Type type, int start, int end, String note) {}

    private TextJson json(Document document) {
        CodePointOffsets offsets = new CodePointOffsets(document.text());
        return new TextJson(
                file.toString(),
                document.id().sha256(),
                document.format().name(),
                CodePointOffsets.UNIT,
                document.text(),
                document.pages().stream().map(p -> json(offsets, p)).toList(),
                document.typedSpans().stream().map(s -> json(offsets, s)).toList(),
                document.findings());
    }

    private static PageJson json(CodePointOffsets offsets, Page page) {
        return new PageJson(
                page.number(),
                offsets.toCodePoints(page.span().start()),
                offsets.toCodePoints(page.span().end()),
                page.width(),
                page.height());
    }

    private static TypedSpanJson json(CodePointOffsets offsets, TypedSpan typed) {
        return new TypedSpanJson(
                typed.type(),
                offsets.toCodePoints(typed.span().start()),
                offsets.toCodePoints(typed.span().end()),
                typed.note());
    }
}
