package io.lectern.ingest.matter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Layout;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Page;
import io.lectern.ingest.document.PageLayout;
import io.lectern.ingest.document.PageLayout.GlyphRun;
import io.lectern.ingest.document.ParagraphLayout;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.matter.DocumentCodec.Structure;
import io.lectern.ingest.matter.DocumentStore.Prepared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;

class DocumentCodecTest {
    private static Path file;
    private static Matter matter;

    @BeforeContainer
    static void open() throws IOException {
        file = Files.createTempDirectory("lectern-codec").resolve("m.lectern");
        matter = Matter.open(file);
    }

    @AfterContainer
    static void close() throws IOException {
        matter.close();
        Files.delete(file);
        Files.delete(file.getParent());
    }

    /** Any document, through the real file. Text holds lone surrogates and NULs too: PDFs do. */
    @Property(tries = 300)
    void whatIsStoredIsWhatIsLoaded(@ForAll("documents") Document document) {
        // Identities are random enough here that no two tries share one with different content.
        matter.write(connection -> {
            DocumentStore.put(connection, Prepared.of(document, 1));
            return null;
        });
        Document loaded = matter.document(document.id());
        assertThat(loaded.text().toCharArray()).isEqualTo(document.text().toCharArray());
        assertThat(loaded).isEqualTo(document);
    }

    @Test
    void aGlyphsPlaceTakesAboutAByte() {
        Random random = new Random(7);
        List<GlyphRun> runs = new java.util.ArrayList<>();
        int glyphs = 0;
        for (int line = 0; line < 40; line++) {
            float[] edges = new float[81];
            edges[0] = 72;
            for (int i = 1; i < edges.length; i++) {
                // Widths of a proportional face at 11 points: as many as there are letters.
                edges[i] = edges[i - 1] + 2.75f + 0.37f * random.nextInt(18);
            }
            runs.add(new GlyphRun(1, line * 81, false, 72 + 14 * line, 83 + 14 * line, edges));
            glyphs += 80;
        }
        byte[] bytes = DocumentCodec.encode(new Structure(List.of(), new PageLayout(runs), List.of()));
        assertThat(bytes.length).isLessThan(glyphs * 5 / 4);
    }

    @Test
    void anUnknownFormIsRefused() {
        assertThatThrownBy(() -> DocumentCodec.decode(new byte[] {99, 1, 2})).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DocumentCodec.decode(new byte[0])).isInstanceOf(IOException.class);
        byte[] whole = DocumentCodec.encode(new Structure(List.of(), LineLayout.of("a\nb"), List.of()));
        byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
        assertThatThrownBy(() -> DocumentCodec.decode(half)).isInstanceOf(IOException.class);
    }

    @Provide
    Arbitrary<Document> documents() {
        Arbitrary<String> texts = Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(200),
                Arbitraries.strings()
                        .withChars('\u0000', '\ud800', '\udc00', 'a', '\n', 'é')
                        .ofMaxLength(50));
        Arbitrary<String> ids =
                Arbitraries.strings().withChars("0123456789abcdef").ofLength(64).withoutEdgeCases();
        Arbitrary<Integer> offsets = Arbitraries.integers().between(0, 1 << 29);
        Arbitrary<Span> spans =
                Combinators.combine(offsets, offsets).as((start, length) -> new Span(start, start + length));
        Arbitrary<Float> floats = Arbitraries.floats();
        Arbitrary<List<Page>> pages = Combinators.combine(Arbitraries.integers(), spans, floats, floats)
                .as(Page::new)
                .list()
                .ofMaxSize(5);
        Arbitrary<List<TypedSpan>> typedSpans = Combinators.combine(spans, Arbitraries.of(TypedSpan.Type.class), texts)
                .as(TypedSpan::new)
                .list()
                .ofMaxSize(5);
        Arbitrary<List<Finding>> findings = Combinators.combine(
                        Arbitraries.of(Finding.Kind.class),
                        Arbitraries.of(Finding.Severity.class),
                        Arbitraries.integers(),
                        Arbitraries.strings().alpha().ofMaxLength(20),
                        Arbitraries.strings().alpha().ofMaxLength(20))
                .as(Finding::new)
                .list()
                .ofMaxSize(3);
        return Combinators.combine(
                        ids.map(DocumentId::new),
                        Arbitraries.of(DocumentFormat.class),
                        texts,
                        pages,
                        layouts(),
                        typedSpans,
                        findings)
                .as(Document::new);
    }

    private static Arbitrary<Layout> layouts() {
        Arbitrary<Integer> numbers = Arbitraries.integers();
        Arbitrary<Layout> lines = numbers.array(int[].class).ofMaxSize(20).map(LineLayout::new);
        Arbitrary<Layout> paragraphs = Combinators.combine(
                        numbers, numbers, Arbitraries.strings().all().ofMaxLength(20))
                .as(ParagraphLayout.Paragraph::new)
                .list()
                .ofMaxSize(10)
                .map(ParagraphLayout::new);
        Arbitrary<Integer> starts = Arbitraries.integers().between(0, 1 << 29);
        Arbitrary<Float> positions = Arbitraries.floats();
        Arbitrary<Layout> glyphs = Combinators.combine(
                        numbers,
                        starts,
                        Arbitraries.of(true, false),
                        positions,
                        positions,
                        positions.array(float[].class).ofMinSize(1).ofMaxSize(20))
                .as(GlyphRun::new)
                .list()
                .ofMaxSize(5)
                .map(PageLayout::new);
        return Arbitraries.oneOf(lines, paragraphs, glyphs);
    }
}
