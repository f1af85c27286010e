package io.lectern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.ingest.extract.DocumentReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whichever character of a quotation, an offset, an address or a hash is changed: verification does not pass. */
class ReportTamperingTest {
    private static final Set<String> GUARDED =
            Set.of("sha256", "documentSha256", "contentSha256", "quotation", "locator");

    private static Path folder;
    private static Path report;
    private static JsonNode original;
    /** JSON pointers to every guarded value. */
    private static List<String> pointers;

    @BeforeContainer
    static void exportReport() throws IOException {
        folder = Files.createTempDirectory("lectern-tampering");
        Path sources = Files.createDirectory(folder.resolve("sources"));
        ReportFixtures.Matter matter = ReportFixtures.matter(sources);
        report = folder.resolve("report.json");
        new ReportExport().export(matter.model(), matter.files(), report);
        original = JsonReport.MAPPER.readTree(report.toFile());
        pointers = new ArrayList<>();
        collect(original, "", false);
    }

    @AfterContainer
    static void deleteReport() throws IOException {
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** A change of one character of one value. */
    record Tampering(String pointer, int position, char replacement) {}

    @Property(tries = 400)
    void isAlwaysCaught(@ForAll("tamperings") Tampering tampering) throws IOException {
        JsonNode tampered = original.deepCopy();
        if (!apply(tampered, tampering)) {
            return;
        }
        Files.write(report, JsonReport.MAPPER.writeValueAsBytes(tampered));

        assertThat(passes()).as("%s", tampering).isFalse();
    }

    @Property(tries = 400)
    void isCaughtEvenUnderANewSealUnlessItConcernsTheModelOnly(@ForAll("tamperings") Tampering tampering)
            throws IOException {
        ObjectNode tampered = original.deepCopy();
        boolean concernsTheModel =
                tampering.pointer().contains("/model/") || tampering.pointer().endsWith(JsonReport.SEAL);
        if (concernsTheModel || !apply(tampered, tampering)) {
            return;
        }
        tampered.put(JsonReport.SEAL, JsonReport.seal(tampered));
        Files.write(report, JsonReport.MAPPER.writeValueAsBytes(tampered));

        assertThat(passes()).as("%s", tampering).isFalse();
    }

    @Provide
    Arbitrary<Tampering> tamperings() {
        return Combinators.combine(
                        Arbitraries.of(pointers),
                        Arbitraries.integers().between(0, 80),
                        Arbitraries.oneOf(
                                Arbitraries.chars().numeric(),
                                Arbitraries.chars().range('a', 'f'),
                                Arbitraries.chars().all().filter(c -> !Character.isSurrogate(c))))
                .as(Tampering::new);
    }

    private static boolean passes() {
        try {
            return new ReportVerifier(new DocumentReader()::read)
                    .verify(report, List.of(folder.resolve("sources")))
                    .passed();
        } catch (ReportException e) {
            return false;
        }
    }

    /** Changes the value; whether that made a difference. */
    private static boolean apply(JsonNode root, Tampering tampering) {
        int slash = tampering.pointer().lastIndexOf('/');
        JsonNode parent = root.at(tampering.pointer().substring(0, slash));
        String name = tampering.pointer().substring(slash + 1);
        JsonNode value = parent.isArray() ? parent.get(Integer.parseInt(name)) : parent.get(name);
        StringBuilder text = new StringBuilder(value.asText());
        int position = tampering.position() % text.length();
        if (text.charAt(position) == tampering.replacement()) {
            return false;
        }
        text.setCharAt(position, tampering.replacement());
        JsonNode changed = value.isTextual()
                ? JsonReport.MAPPER.getNodeFactory().textNode(text.toString())
                : number(text.toString());
        if (changed == null || changed.equals(value)) {
            return false;
        }
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), changed);
        } else {
            ((ObjectNode) parent).set(name, changed);
        }
        return true;
    }

    /** The number that the digits make; null where they make none, which no parser would let pass. */
    private static JsonNode number(String digits) {
        return digits.matches("[0-9]{1,9}")
                ? JsonReport.MAPPER.getNodeFactory().numberNode(Integer.parseInt(digits))
                : null;
    }

    private static void collect(JsonNode node, String pointer, boolean guarded) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            field.getValue(),
                            pointer + "/" + field.getKey(),
                            guarded || GUARDED.contains(field.getKey())));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(node.get(i), pointer + "/" + i, guarded);
            }
        } else if (guarded && !node.asText().isEmpty()) {
            pointers.add(pointer);
        }
    }
}
