package io.lectern.app.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.app.report.Verification.Kind;
import io.lectern.app.report.Verification.Problem;
import io.lectern.ingest.document.CodePointOffsets;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Re-checks an exported {@code report.json} against the sources, without any model: finds the sources by their hash,
 * extracts them again, and compares every quotation with the words at its span and every address with the address of that
 * span.
 */
public final class ReportVerifier {
    private final Function<Path, Document> reader;

    /** @param reader extracts a file as it was extracted for the report; a file it cannot read is a document without text */
    public ReportVerifier(Function<Path, Document> reader) {
        this.reader = reader;
    }

    /**
     * Checks a report.
     *
     * @param report a report.json
     * @param places files and folders below which the sources are
     * @throws ReportException if the report is not a readable Lectern report, or a place cannot be read
     */
    public Verification verify(Path report, List<Path> places) {
        return new Run(read(report), new SourceFiles(places)).verification();
    }

    private static JsonNode read(Path report) {
        JsonNode root;
        try {
            root = JsonReport.MAPPER.readTree(Files.readAllBytes(report));
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            // The parser's own message is left out: it quotes the file.
            throw new ReportException(
                    report + " is not well-formed JSON" + place + ": give the report.json that Lectern exported");
        } catch (IOException e) {
            throw new ReportException("cannot read " + report + " (" + e.getMessage() + ")", e);
        }
        if (!root.path("format").asText().equals(JsonReport.FORMAT)) {
            throw new ReportException(
                    report + " is JSON, but not a Lectern report: give the report.json that Lectern exported");
        }
        if (root.path("schemaVersion").asInt() != JsonReport.SCHEMA_VERSION
                || !root.path("offsetUnit").asText().equals(CodePointOffsets.UNIT)) {
            throw new ReportException(
                    "%s has schema version %s with offsets in %s; this Lectern reads version %d with offsets in %s"
                            .formatted(
                                    report,
                                    root.path("schemaVersion").asText("unknown"),
                                    root.path("offsetUnit").asText("unknown units"),
                                    JsonReport.SCHEMA_VERSION,
                                    CodePointOffsets.UNIT));
        }
        return root;
    }

    /** One verification under way. */
    private final class Run {
        private final SourceFiles files;
        private final List<Problem> problems = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        /** Hash to listed document. */
        private final Map<String, JsonNode> listed = new LinkedHashMap<>();
        /** Hash to document, extracted again; empty where it is missing or unreadable, which has been reported by then. */
        private final Map<String, Optional<Document>> sources = new HashMap<>();

        private int quotations;
        private int verified;

        Run(JsonNode root, SourceFiles files) {
            this.files = files;
            if (!JsonReport.seal(root).equals(text(root, JsonReport.SEAL))) {
                problems.add(new Problem(
                        Kind.CHANGED_REPORT,
                        0,
                        0,
                        "",
                        "the report was changed after Lectern wrote it: its seal does not match"));
            }
            for (JsonNode document : array(root, "documents")) {
                listed.put(text(document, "sha256"), document);
            }
            for (JsonNode answer : array(root, "answers")) {
                for (JsonNode citation : array(answer, "citations")) {
                    check(number(answer, "number"), citation);
                }
                for (JsonNode entry : array(field(answer, "coverage"), "documents")) {
                    checkCovered(number(answer, "number"), entry);
                }
            }
            listed.forEach(this::noteIfMissing);
        }

        Verification verification() {
            return new Verification(quotations, verified, problems, notes);
        }

        private void check(int answer, JsonNode citation) {
            int number = number(citation, "number");
            Verbatim verbatim = constant(citation, "verbatim", Verbatim.class);
            constant(citation, "support", Support.class);
            if (verbatim == Verbatim.NOT_FOUND) {
                if (citation.has("quotation")) {
                    problems.add(new Problem(
                            Kind.QUOTATION,
                            answer,
                            number,
                            "",
                            "shows a quotation although its words are marked as not found"));
                }
                return;
            }
            quotations++;
            String hash = text(citation, "documentSha256");
            String name = text(citation, "document");
            JsonNode quotation = field(citation, "quotation");
            String words = text(quotation, "text");
            int start = number(quotation, "start");
            int end = number(quotation, "end");
            JsonNode locator = field(citation, "locator");
            if (!listed.containsKey(hash)) {
                problems.add(new Problem(
                        Kind.MISSING_SOURCE,
                        answer,
                        number,
                        name,
                        "cites a document that the report does not list: " + hash));
                return;
            }
            Document document = source(hash, name).orElse(null);
            if (document == null) {
                problems.add(new Problem(
                        Kind.QUOTATION,
                        answer,
                        number,
                        name,
                        "cannot be checked without its source: " + excerpt(words, 0)));
                return;
            }
            Optional<String> difference = difference(document, words, start, end);
            if (difference.isPresent()) {
                problems.add(new Problem(Kind.QUOTATION, answer, number, name, difference.get()));
                return;
            }
            Span span = span(document, start, end);
            JsonNode typed = quotation.get("typedSpans");
            if (typed != null
                    && !typed.equals(AnswerJson.quotation(document, span).get("typedSpans"))) {
                problems.add(new Problem(
                        Kind.QUOTATION,
                        answer,
                        number,
                        name,
                        "what is marked in it as deleted, hidden or otherwise not ordinary text differs from the source: "
                                + excerpt(words, 0)));
                return;
            }
            JsonNode expected = AnswerJson.locator(document, span, document.locate(span));
            if (!JsonReport.same(expected, locator)) {
                problems.add(new Problem(
                        Kind.LOCATOR,
                        answer,
                        number,
                        name,
                        "the words stand at %s, but the address given (%s) differs from theirs"
                                .formatted(
                                        expected.path("label").asText(),
                                        locator.path("label").asText("none"))));
                return;
            }
            verified++;
        }

        private void checkCovered(int answer, JsonNode entry) {
            if (!listed.containsKey(text(entry, "sha256"))) {
                problems.add(new Problem(
                        Kind.CHANGED_REPORT,
                        answer,
                        0,
                        text(entry, "name"),
                        "its coverage names a document that the report does not list"));
            }
        }

        private void noteIfMissing(String hash, JsonNode document) {
            if (!sources.containsKey(hash) && files.withHash(hash).isEmpty()) {
                notes.add("%s (%s) is not among the sources; nothing is quoted from it"
                        .formatted(text(document, "name"), hash));
            }
        }

        private Optional<Document> source(String hash, String name) {
            Optional<Document> known = sources.get(hash);
            if (known == null) {
                known = find(hash, name);
                sources.put(hash, known);
            }
            return known;
        }

        private Optional<Document> find(String hash, String name) {
            Path file = files.withHash(hash).orElse(null);
            if (file == null) {
                problems.add(files.called(name)
                        .map(changed -> new Problem(
                                Kind.CHANGED_SOURCE,
                                0,
                                0,
                                name,
                                "%s was changed since the report was made: its content is not the one with SHA-256 %s"
                                        .formatted(changed, hash)))
                        .orElseGet(() -> new Problem(
                                Kind.MISSING_SOURCE,
                                0,
                                0,
                                name,
                                "no file with SHA-256 " + hash + " among the sources")));
                return Optional.empty();
            }
            Document document = reader.apply(file);
            if (!document.isReadable()) {
                problems.add(new Problem(Kind.UNREADABLE_SOURCE, 0, 0, name, file + " holds no text that can be read"));
                return Optional.empty();
            }
            int characters = document.text().codePointCount(0, document.text().length());
            if (characters != number(listed.get(hash), "characters")) {
                problems.add(new Problem(
                        Kind.UNREADABLE_SOURCE,
                        0,
                        0,
                        name,
                        "%,d characters are extracted now, %,d when the report was made: offsets may not fit this version of Lectern"
                                .formatted(characters, number(listed.get(hash), "characters"))));
            }
            return Optional.of(document);
        }
    }

    /** What speaks against {@code words} standing at [start, end) of the document, counted in code points. */
    private static Optional<String> difference(Document document, String words, int start, int end) {
        int length = document.text().codePointCount(0, document.text().length());
        if (start < 0 || end <= start || end > length) {
            return Optional.of(
                    "characters %,d to %,d do not exist: the document has %,d".formatted(start, end, length));
        }
        String source = span(document, start, end).of(document.text());
        if (source.equals(words)) {
            return Optional.empty();
        }
        int at = 0;
        while (at < Math.min(source.length(), words.length()) && source.charAt(at) == words.charAt(at)) {
            at++;
        }
        return Optional.of("from character %,d of the quotation the report has %s, the source %s"
                .formatted(words.codePointCount(0, at) + 1, excerpt(words, at), excerpt(source, at)));
    }

    private static Span span(Document document, int start, int end) {
        int from = document.text().offsetByCodePoints(0, start);
        return new Span(from, document.text().offsetByCodePoints(from, end - start));
    }

    /** A few words around an index, in quotation marks, on one line. */
    private static String excerpt(String text, int at) {
        int from = Math.max(0, at - 15);
        int to = Math.min(text.length(), at + 25);
        return "“" + (from > 0 ? "…" : "") + text.substring(from, to).replaceAll("\\s+", " ")
                + (to < text.length() ? "…" : "") + "”";
    }

    private static JsonNode field(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            throw malformed(name);
        }
        return value;
    }

    private static JsonNode array(JsonNode node, String name) {
        JsonNode value = field(node, name);
        if (!value.isArray()) {
            throw malformed(name);
        }
        return value;
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = field(node, name);
        if (!value.isTextual()) {
            throw malformed(name);
        }
        return value.textValue();
    }

    private static int number(JsonNode node, String name) {
        JsonNode value = field(node, name);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw malformed(name);
        }
        return value.intValue();
    }

    private static <E extends Enum<E>> E constant(JsonNode node, String name, Class<E> type) {
        String value = text(node, name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value)) {
                return constant;
            }
        }
        throw malformed(name);
    }

    private static ReportException malformed(String field) {
        return new ReportException("the report is damaged: its field \"" + field
                + "\" is missing or is not what it should be; give the report.json as Lectern exported it");
    }
}
