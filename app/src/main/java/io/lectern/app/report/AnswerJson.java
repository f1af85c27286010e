package io.lectern.app.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.CodePointOffsets;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.util.function.Function;

/**
 * An answer as JSON: the one form in which answers leave Lectern, in a report and from the command line. Offsets and columns
 * count Unicode code points ({@link CodePointOffsets#UNIT}); docs/report-json.md describes every field.
 */
public final class AnswerJson {
    private AnswerJson() {}

    /**
     * Writes an answer.
     *
     * @param documents gives the documents that it cites
     */
    public static ObjectNode of(Answer answer, Function<DocumentId, Document> documents) {
        ObjectNode node = node().put("id", answer.id())
                .put("question", answer.question())
                .put("outcome", answer.outcome().name())
                .put("text", answer.text());
        if (answer.presence() == null) {
            node.putNull("presence");
        } else {
            node.putObject("presence")
                    .put("probability", answer.presence().probability())
                    .put("threshold", answer.presence().threshold())
                    .put("calibrated", answer.presence().calibrated());
        }
        if (answer.drafting() == null) {
            node.putNull("drafting");
        } else {
            node.putObject("drafting")
                    .put("thinkingTokens", answer.drafting().thinkingTokens())
                    .put("answerTokens", answer.drafting().answerTokens());
        }
        ArrayNode citations = node.putArray("citations");
        for (Citation citation : answer.citations()) {
            citations.add(citation(citation, documents));
        }
        node.set("coverage", coverage(answer.coverage()));
        node.putObject("model")
                .put("name", answer.model().name())
                .put("quantization", answer.model().quantization())
                .put("sha256", answer.model().sha256())
                .put("runsOn", answer.model().runsOn())
                .put("local", answer.model().local());
        return node.put("askedAt", answer.askedAt().toString()).put("seconds", answer.seconds());
    }

    private static ObjectNode citation(Citation citation, Function<DocumentId, Document> documents) {
        ObjectNode node = node().put("number", citation.number())
                .put("claim", citation.claim())
                .put("written", citation.written())
                .put("verbatim", citation.verbatim().name())
                .put("support", citation.support().name());
        if (citation.isShown()) {
            Document document = documents.apply(citation.passage().documentId());
            Span span = citation.passage().span();
            node.put("document", citation.passage().documentName());
            node.put("documentSha256", document.id().sha256());
            node.set("quotation", quotation(document, span));
            node.set("locator", locator(document, span, citation.passage().locator()));
        }
        return node;
    }

    /** The words of a span as they stand in {@code document}, with their offsets and what in them is not ordinary text. */
    static ObjectNode quotation(Document document, Span span) {
        CodePointOffsets offsets = new CodePointOffsets(document.text());
        ObjectNode node = node().put("text", span.of(document.text()))
                .put("start", offsets.toCodePoints(span.start()))
                .put("end", offsets.toCodePoints(span.end()));
        ArrayNode typed = node.putArray("typedSpans");
        for (TypedSpan each : document.typedSpans()) {
            if (each.span().overlaps(span)) {
                typed.addObject()
                        .put("type", each.type().name())
                        .put("start", offsets.toCodePoints(Math.max(each.span().start(), span.start())))
                        .put("end", offsets.toCodePoints(Math.min(each.span().end(), span.end())))
                        .put("note", each.note());
            }
        }
        return node;
    }

    /** The address of a span, with its label for people. */
    static ObjectNode locator(Document document, Span span, Locator locator) {
        ObjectNode node = node();
        switch (locator) {
            case Locator.Pages pages -> {
                node.put("kind", "pages");
                ArrayNode areas = node.putArray("areas");
                for (Locator.PageArea area : pages.areas()) {
                    ArrayNode boxes = areas.addObject().put("page", area.page()).putArray("boxes");
                    for (Box box : area.boxes()) {
                        boxes.addObject()
                                .put("x", points(box.x()))
                                .put("y", points(box.y()))
                                .put("width", points(box.width()))
                                .put("height", points(box.height()));
                    }
                }
            }
            case Locator.Paragraphs paragraphs ->
                node.put("kind", "paragraphs")
                        .put("first", paragraphs.first())
                        .put("last", paragraphs.last())
                        .put("place", paragraphs.place());
            case Locator.Lines lines -> {
                CodePointOffsets offsets = new CodePointOffsets(document.text());
                node.put("kind", "lines")
                        .put("startLine", lines.startLine())
                        .put("startColumn", column(offsets, span.start(), lines.startColumn()))
                        .put("endLine", lines.endLine())
                        .put("endColumn", column(offsets, span.end(), lines.endColumn()));
            }
        }
        return node.put("label", locator.label());
    }

    /** A column in code points, from one in UTF-16 units that stands at {@code offset}. */
    private static int column(CodePointOffsets offsets, int offset, int utf16Column) {
        int lineStart = offset - (utf16Column - 1);
        return offsets.toCodePoints(offset) - offsets.toCodePoints(lineStart) + 1;
    }

    /** A hundredth of a point is far below what an eye or a printer resolves. */
    private static double points(float value) {
        return Math.round(value * 100.0) / 100.0;
    }

    private static ObjectNode coverage(Coverage coverage) {
        ObjectNode node = node().put("summary", coverage.summary()).put("windowTokens", coverage.window());
        ArrayNode documents = node.putArray("documents");
        for (Coverage.Entry entry : coverage.documents()) {
            documents
                    .addObject()
                    .put("name", entry.documentName())
                    .put("sha256", entry.documentId().sha256())
                    .put("pages", entry.pages())
                    .put("tokens", entry.tokens())
                    .put("read", entry.read())
                    .put("reason", entry.reason());
        }
        return node;
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
