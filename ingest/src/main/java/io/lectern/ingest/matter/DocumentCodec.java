package io.lectern.ingest.matter;

import io.lectern.ingest.document.Layout;
import io.lectern.ingest.document.LineLayout;
import io.lectern.ingest.document.Page;
import io.lectern.ingest.document.PageLayout;
import io.lectern.ingest.document.PageLayout.GlyphRun;
import io.lectern.ingest.document.ParagraphLayout;
import io.lectern.ingest.document.ParagraphLayout.Paragraph;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A document's text and structure as bytes, and back, exactly.
 *
 * <p>Text is its UTF-16 code units, deflated: unlike UTF-8 and SQLite's own text, that keeps lone surrogates and NULs,
 * which real PDFs hold. Structure (pages, layout, typed spans) is a version byte and then, deflated, whole numbers of
 * variable length, each as its difference from a neighbour: a glyph's place takes about a byte.
 */
final class DocumentCodec {
    /** Raised when the form of the structure changes; the decoder keeps reading the older ones. */
    private static final int VERSION = 1;

    private static final int LINES = 0;
    private static final int PARAGRAPHS = 1;
    private static final int GLYPHS = 2;
    /** {@link GlyphRun} keeps its positions in these steps. */
    private static final float STEPS_PER_POINT = 64;

    /** Pages, layout and typed spans of a document. */
    record Structure(List<Page> pages, Layout layout, List<TypedSpan> typedSpans) {}

    private DocumentCodec() {}

    static byte[] encodeText(String text) {
        byte[] units = new byte[2 * text.length()];
        ByteBuffer.wrap(units).asCharBuffer().put(text);
        return deflated(units);
    }

    /** @throws IOException if these are not the bytes of a text */
    static String decodeText(byte[] bytes) throws IOException {
        return ByteBuffer.wrap(inflated(bytes, 0)).asCharBuffer().toString();
    }

    static byte[] encode(Structure structure) {
        var bytes = new ByteArrayOutputStream();
        var out = new Writer(new DataOutputStream(bytes));
        try {
            out.pages(structure.pages());
            out.layout(structure.layout());
            out.typedSpans(structure.typedSpans());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        byte[] body = deflated(bytes.toByteArray());
        return ByteBuffer.allocate(body.length + 1)
                .put((byte) VERSION)
                .put(body)
                .array();
    }

    /** @throws IOException if these are not the bytes of a structure, or a newer version's */
    static Structure decode(byte[] bytes) throws IOException {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new IOException("a document's structure is of an unknown form");
        }
        var in = new Reader(new DataInputStream(new ByteArrayInputStream(inflated(bytes, 1))));
        return new Structure(in.pages(), in.layout(), in.typedSpans());
    }

    private static byte[] deflated(byte[] bytes) {
        var out = new ByteArrayOutputStream(bytes.length / 4 + 64);
        var deflater = new Deflater();
        try (var deflating = new DeflaterOutputStream(out, deflater, 1 << 16)) {
            deflating.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private static byte[] inflated(byte[] bytes, int from) throws IOException {
        try (var in = new InflaterInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
            return in.readAllBytes();
        }
    }

    /** The writing side; each method has its twin in {@link Reader}. */
    private record Writer(DataOutputStream out) {

        void pages(List<Page> pages) throws IOException {
            number(pages.size());
            int number = 0;
            int offset = 0;
            for (Page page : pages) {
                number(page.number() - (long) number);
                number = page.number();
                offset = span(page.span(), offset);
                out.writeFloat(page.width());
                out.writeFloat(page.height());
            }
        }

        void layout(Layout layout) throws IOException {
            switch (layout) {
                case LineLayout lines -> lines(lines);
                case ParagraphLayout paragraphs -> paragraphs(paragraphs);
                case PageLayout glyphs -> glyphs(glyphs);
            }
        }

        private void lines(LineLayout lines) throws IOException {
            out.writeByte(LINES);
            number(lines.starts().length);
            int previous = 0;
            for (int start : lines.starts()) {
                number(start - (long) previous);
                previous = start;
            }
        }

        private void paragraphs(ParagraphLayout layout) throws IOException {
            out.writeByte(PARAGRAPHS);
            var places =
                    names(layout.paragraphs().stream().map(Paragraph::place).toList());
            number(layout.paragraphs().size());
            int number = 0;
            int start = 0;
            for (Paragraph paragraph : layout.paragraphs()) {
                number(paragraph.number() - (long) number);
                number(paragraph.start() - (long) start);
                number(places.get(paragraph.place()));
                number = paragraph.number();
                start = paragraph.start();
            }
        }

        private void glyphs(PageLayout layout) throws IOException {
            out.writeByte(GLYPHS);
            number(layout.runs().size());
            int page = 0;
            int end = 0;
            long near = 0;
            for (GlyphRun run : layout.runs()) {
                number(run.page() - (long) page);
                number(run.start() - (long) end);
                out.writeBoolean(run.vertical());
                number(steps(run.near()) - near);
                near = steps(run.near());
                number(steps(run.far()) - near);
                number(run.edges().length);
                long previous = 0;
                for (float edge : run.edges()) {
                    number(steps(edge) - previous);
                    previous = steps(edge);
                }
                page = run.page();
                end = run.end();
            }
        }

        void typedSpans(List<TypedSpan> spans) throws IOException {
            var types = names(spans.stream().map(span -> span.type().name()).toList());
            var notes = names(spans.stream().map(TypedSpan::note).toList());
            number(spans.size());
            int offset = 0;
            for (TypedSpan span : spans) {
                offset = span(span.span(), offset);
                number(types.get(span.type().name()));
                number(notes.get(span.note()));
            }
        }

        /** Writes each different string once; gives the index of each. */
        private Map<String, Integer> names(List<String> strings) throws IOException {
            Map<String, Integer> indices = new LinkedHashMap<>();
            for (String string : strings) {
                indices.putIfAbsent(string, indices.size());
            }
            number(indices.size());
            for (String string : indices.keySet()) {
                number(string.length());
                out.writeChars(string);
            }
            return indices;
        }

        private int span(Span span, int previousEnd) throws IOException {
            number(span.start() - (long) previousEnd);
            number(span.length());
            return span.end();
        }

        private static long steps(float points) {
            return Math.round(points * STEPS_PER_POINT);
        }

        /** Small numbers of either sign in few bytes: sign in the lowest bit, then seven bits a byte. */
        private void number(long value) throws IOException {
            long rest = (value << 1) ^ (value >> 63);
            while ((rest & ~0x7fL) != 0) {
                out.writeByte((int) (rest & 0x7f) | 0x80);
                rest >>>= 7;
            }
            out.writeByte((int) rest);
        }
    }

    /** The reading side. */
    private record Reader(DataInputStream in) {

        List<Page> pages() throws IOException {
            int count = count();
            List<Page> pages = new ArrayList<>();
            int number = 0;
            int offset = 0;
            for (int i = 0; i < count; i++) {
                number += (int) number();
                Span span = span(offset);
                offset = span.end();
                pages.add(new Page(number, span, in.readFloat(), in.readFloat()));
            }
            return pages;
        }

        Layout layout() throws IOException {
            int kind = in.readByte();
            return switch (kind) {
                case LINES -> lines();
                case PARAGRAPHS -> paragraphs();
                case GLYPHS -> glyphs();
                default -> throw new IOException("unknown kind of layout: " + kind);
            };
        }

        private LineLayout lines() throws IOException {
            int[] starts = new int[count()];
            int previous = 0;
            for (int i = 0; i < starts.length; i++) {
                previous += (int) number();
                starts[i] = previous;
            }
            return new LineLayout(starts);
        }

        private ParagraphLayout paragraphs() throws IOException {
            List<String> places = names();
            int count = count();
            List<Paragraph> paragraphs = new ArrayList<>();
            int number = 0;
            int start = 0;
            for (int i = 0; i < count; i++) {
                number += (int) number();
                start += (int) number();
                paragraphs.add(new Paragraph(number, start, places.get(count())));
            }
            return new ParagraphLayout(paragraphs);
        }

        private PageLayout glyphs() throws IOException {
            int count = count();
            List<GlyphRun> runs = new ArrayList<>();
            int page = 0;
            int end = 0;
            long near = 0;
            for (int i = 0; i < count; i++) {
                page += (int) number();
                int start = end + (int) number();
                boolean vertical = in.readBoolean();
                near += number();
                long far = near + number();
                float[] edges = new float[count()];
                long edge = 0;
                for (int j = 0; j < edges.length; j++) {
                    edge += number();
                    edges[j] = edge / STEPS_PER_POINT;
                }
                var run = new GlyphRun(page, start, vertical, near / STEPS_PER_POINT, far / STEPS_PER_POINT, edges);
                runs.add(run);
                end = run.end();
            }
            return new PageLayout(runs);
        }

        List<TypedSpan> typedSpans() throws IOException {
            List<String> types = names();
            List<String> notes = names();
            int count = count();
            List<TypedSpan> spans = new ArrayList<>();
            int offset = 0;
            for (int i = 0; i < count; i++) {
                Span span = span(offset);
                offset = span.end();
                spans.add(new TypedSpan(span, TypedSpan.Type.valueOf(types.get(count())), notes.get(count())));
            }
            return spans;
        }

        private List<String> names() throws IOException {
            int count = count();
            List<String> strings = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] units = in.readNBytes(2 * count());
                strings.add(ByteBuffer.wrap(units).asCharBuffer().toString());
            }
            return strings;
        }

        private Span span(int previousEnd) throws IOException {
            int start = previousEnd + (int) number();
            return new Span(start, start + count());
        }

        private int count() throws IOException {
            return Math.toIntExact(number());
        }

        private long number() throws IOException {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                int next = in.readUnsignedByte();
                value |= (next & 0x7fL) << shift;
                if ((next & 0x80) == 0) {
                    return (value >>> 1) ^ -(value & 1);
                }
            }
        }
    }
}
