package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.Page;
import io.lectern.ingest.document.PageLayout;
import io.lectern.ingest.document.PageLayout.GlyphRun;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.extract.LineEndHyphens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts the lines of all pages into one text. Lines end with a line feed, paragraphs with two, and so do pages, unless the
 * words show that a sentence goes on over the page (docs/decisions/0030).
 */
final class DocumentAssembler {
    private final StringBuilder text = new StringBuilder();
    private final List<Page> pages = new ArrayList<>();
    private final List<GlyphRun> runs = new ArrayList<>();
    private final List<TypedSpan> typedSpans = new ArrayList<>();
    /** The last line that is not a running one, of the pages so far; null before the first. */
    private TextLine lastOrdinaryLine;
    /** Where the longest line of its page ends. */
    private float longestEnd;

    /** What one page gives: its geometry and its lines in reading order. */
    record PageText(PageGeometry geometry, List<TextLine> lines) {}

    /** The parts of a document that come from its pages. */
    record Assembled(String text, List<Page> pages, PageLayout layout, List<TypedSpan> typedSpans) {}

    static Assembled assemble(List<PageText> pageTexts) {
        TypedSpan.Type[][] running = RunningLines.classify(pageTexts.stream()
                .map(page -> new RunningLines.PageLines(page.geometry().height(), page.lines()))
                .toList());
        DocumentAssembler assembler = new DocumentAssembler();
        for (int i = 0; i < running.length; i++) {
            assembler.addPage(i + 1, pageTexts.get(i), running[i]);
        }
        return assembler.finish();
    }

    private Assembled finish() {
        String whole = text.toString();
        typedSpans.addAll(LineEndHyphens.in(whole));
        typedSpans.sort(
                Comparator.comparingInt((TypedSpan typed) -> typed.span().start())
                        .thenComparingInt(typed -> typed.span().end()));
        return new Assembled(whole, pages, new PageLayout(runs), typedSpans);
    }

    private void addPage(int number, PageText page, TypedSpan.Type[] running) {
        List<TextLine> lines = page.lines();
        if (!lines.isEmpty() && !text.isEmpty()) {
            TextLine first = firstOrdinaryLine(lines, running);
            boolean goesOn =
                    lastOrdinaryLine != null && first != null && Paragraphs.goesOn(lastOrdinaryLine, longestEnd, first);
            text.append(goesOn ? "\n" : "\n\n");
        }
        int pageStart = text.length();
        boolean[] paragraphs = paragraphStarts(lines, running);
        int lastOrdinary = lastOrdinary(running);
        float longestOfPage = Paragraphs.longestEnd(lines);
        for (int i = 0; i < lines.size(); i++) {
            int separatorStart = text.length();
            if (i > 0) {
                separate(running[i - 1] != null, running[i] != null, paragraphs[i]);
            }
            int start = text.length();
            addLine(number, lines.get(i));
            if (running[i] == null) {
                lastOrdinaryLine = lines.get(i);
                longestEnd = longestOfPage;
            } else if (i > lastOrdinary) {
                // A block at the page's end takes the break before it along, ...
                typedSpans.add(new TypedSpan(new Span(separatorStart, text.length()), running[i], ""));
            } else {
                // ... every other one the break behind it, so that without it the text is as if it had not been there.
                int breakLength = running[i + 1] == null ? 2 : 1;
                typedSpans.add(new TypedSpan(new Span(start, text.length() + breakLength), running[i], ""));
            }
        }
        PageGeometry geometry = page.geometry();
        pages.add(new Page(number, new Span(pageStart, text.length()), geometry.width(), geometry.height()));
    }

    private void separate(boolean runningBefore, boolean running, boolean paragraph) {
        if (runningBefore != running || (!running && paragraph)) {
            text.append("\n\n");
            return;
        }
        text.append('\n');
    }

    private void addLine(int page, TextLine line) {
        int start = text.length();
        text.append(line.text());
        for (TextLine.Run run : line.runs()) {
            runs.add(new GlyphRun(
                    page, start + run.start(), line.direction().vertical(), run.near(), run.far(), run.edges()));
        }
        for (TextLine.HiddenStretch hidden : line.hidden()) {
            typedSpans.add(new TypedSpan(
                    hidden.span().shifted(start),
                    TypedSpan.Type.HIDDEN_TEXT,
                    hidden.reason().reason()));
        }
    }

    /** Paragraphs of the ordinary lines, as if the running ones were not there. */
    private static boolean[] paragraphStarts(List<TextLine> lines, TypedSpan.Type[] running) {
        List<TextLine> ordinary = new ArrayList<>();
        for (int i = 0; i < running.length; i++) {
            if (running[i] == null) {
                ordinary.add(lines.get(i));
            }
        }
        boolean[] ofOrdinary = Paragraphs.starts(ordinary);
        boolean[] starts = new boolean[running.length];
        int next = 0;
        for (int i = 0; i < running.length; i++) {
            starts[i] = running[i] == null && ofOrdinary[next++];
        }
        return starts;
    }

    private static TextLine firstOrdinaryLine(List<TextLine> lines, TypedSpan.Type[] running) {
        for (int i = 0; i < running.length; i++) {
            if (running[i] == null) {
                return lines.get(i);
            }
        }
        return null;
    }

    private static int lastOrdinary(TypedSpan.Type[] running) {
        int last = running.length - 1;
        while (last >= 0 && running[last] != null) {
            last--;
        }
        return last;
    }
}
