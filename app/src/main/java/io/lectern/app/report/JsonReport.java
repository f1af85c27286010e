package io.lectern.app.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The report as JSON, for other programs and for {@link ReportVerifier}; docs/report-json.md describes every field.
 * Offsets and columns count Unicode code points.
 */
final class JsonReport {
    static final String FORMAT = "lectern-report";
    static final int SCHEMA_VERSION = 1;
    static final String OFFSET_UNIT = "unicode-code-point";
    /** Field that holds the SHA-256 of all the rest, so that any change of the file shows. */
    static final String SEAL = "contentSha256";

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonReport() {}

    static byte[] write(ReportModel model) {
        try {
            return MAPPER.writeValueAsBytes(toTree(model));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot fail to be written", e);
        }
    }

    static ObjectNode toTree(ReportModel model) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format", FORMAT)
                .put("schemaVersion", SCHEMA_VERSION)
                .put("offsetUnit", OFFSET_UNIT)
                .put("title", model.title())
                .put("madeAt", model.madeAt().toString())
                .put("lecternVersion", model.lecternVersion())
                .put("nothingLeftThisMachine", model.local())
                .put("privacy", model.privacyStatement());
        ArrayNode documents = root.putArray("documents");
        for (ReportDocument document : model.documents()) {
            writeDocument(documents.addObject(), document);
        }
        ArrayNode answers = root.putArray("answers");
        for (int i = 0; i < model.answers().size(); i++) {
            writeAnswer(
                    answers.addObject().put("number", i + 1), model.answers().get(i), model);
        }
        ObjectNode asRead = (ObjectNode) parse(root);
        return asRead.put(SEAL, seal(asRead));
    }

    /** The tree as a reader of the file will see it: the seal must not depend on how numbers were held in memory. */
    private static JsonNode parse(JsonNode tree) {
        try {
            return MAPPER.readTree(MAPPER.writeValueAsBytes(tree));
        } catch (IOException e) {
            throw new IllegalStateException("JSON just written could not be read", e);
        }
    }

    private static void writeDocument(ObjectNode node, ReportDocument document) {
        node.put("name", document.name())
                .put("sha256", document.id().sha256())
                .put("format", document.document().format().name())
                .put("pages", document.document().pages().size())
                .put("characters", document.characters());
        ArrayNode findings = node.putArray("findings");
        for (Finding finding : document.document().findings()) {
            findings.addObject()
                    .put("kind", finding.kind().name())
                    .put("severity", finding.severity().name())
                    .put("page", finding.page())
                    .put("message", finding.message())
                    .put("remedy", finding.remedy());
        }
    }

    private static void writeAnswer(ObjectNode node, Answer answer, ReportModel model) {
        node.put("id", answer.id())
                .put("question", answer.question())
                .put("outcome", answer.outcome().name())
                .put("text", answer.text());
        if (answer.presence() == null) {
            node.putNull("presence");
        } else {
            node.putObject("presence")
                    .put("probability", answer.presence().probability())
                    .put("threshold", answer.presence().threshold());
        }
        ArrayNode citations = node.putArray("citations");
        for (Citation citation : answer.citations()) {
            writeCitation(citations.addObject(), citation, model);
        }
        writeCoverage(node.putObject("coverage"), answer.coverage());
        node.putObject("model")
                .put("name", answer.model().name())
                .put("quantization", answer.model().quantization())
                .put("sha256", answer.model().sha256())
                .put("runsOn", answer.model().runsOn());
        node.put("askedAt", answer.askedAt().toString()).put("seconds", answer.seconds());
    }

    private static void writeCitation(ObjectNode node, Citation citation, ReportModel model) {
        node.put("number", citation.number())
                .put("claim", citation.claim())
                .put("written", citation.written())
                .put("verbatim", citation.verbatim().name())
                .put("support", citation.support().name());
        if (citation.isShown()) {
            Document document = model.document(citation.passage().documentId())
                    .orElseThrow()
                    .document();
            node.put("document", citation.passage().documentName());
            node.put("documentSha256", document.id().sha256());
            node.set("quotation", quotation(document, citation.passage().span()));
            node.set(
                    "locator",
                    locator(
                            document,
                            citation.passage().span(),
                            citation.passage().locator()));
        }
    }

    /** The words of a span with their offsets, as they stand in {@code document}. */
    static ObjectNode quotation(Document document, Span span) {
        String text = document.text();
        int start = text.codePointCount(0, span.start());
        return MAPPER.createObjectNode()
                .put("text", span.of(text))
                .put("start", start)
                .put("end", start + text.codePointCount(span.start(), span.end()));
    }

    /** The address of a span, with its label for people. */
    static ObjectNode locator(Document document, Span span, Locator locator) {
        ObjectNode node = MAPPER.createObjectNode();
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
            case Locator.Lines lines ->
                node.put("kind", "lines")
                        .put("startLine", lines.startLine())
                        .put("startColumn", column(document, span.start(), lines.startColumn()))
                        .put("endLine", lines.endLine())
                        .put("endColumn", column(document, span.end(), lines.endColumn()));
        }
        return node.put("label", locator.label());
    }

    /** A column in code points, from one in UTF-16 units that stands at {@code offset}. */
    private static int column(Document document, int offset, int utf16Column) {
        int lineStart = offset - (utf16Column - 1);
        return document.text().codePointCount(lineStart, offset) + 1;
    }

    /** A hundredth of a point is far below what an eye or a printer resolves. */
    private static double points(float value) {
        return Math.round(value * 100.0) / 100.0;
    }

    private static void writeCoverage(ObjectNode node, Coverage coverage) {
        node.put("summary", coverage.summary()).put("windowTokens", coverage.window());
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
    }

    /**
     * SHA-256 over the report without its seal, written compactly in UTF-8 with the fields in the order of the file. It shows that
     * a file was changed; it does not show who wrote it.
     */
    static String seal(JsonNode report) {
        ObjectNode unsealed = report.deepCopy();
        unsealed.remove(SEAL);
        return HexFormat.of().formatHex(sha256().digest(unsealed.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether two trees are equal, numbers compared by value. */
    static boolean same(JsonNode first, JsonNode second) {
        return first.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? Double.compare(a.doubleValue(), b.doubleValue())
                        : a.equals(b) ? 0 : 1,
                second);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
