package io.lectern.app.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.ingest.document.CodePointOffsets;
import io.lectern.ingest.document.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The report as JSON, for other programs and for {@link ReportVerifier}; docs/report-json.md describes every field.
 * Offsets and columns count Unicode code points. Its answers are {@link AnswerJson}.
 */
final class JsonReport {
    static final String FORMAT = "lectern-report";
    static final int SCHEMA_VERSION = 1;
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
                .put("offsetUnit", CodePointOffsets.UNIT)
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
            answers.addObject()
                    .put("number", i + 1)
                    .setAll(AnswerJson.of(model.answers().get(i), model::text));
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
