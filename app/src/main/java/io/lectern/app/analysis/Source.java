package io.lectern.app.analysis;

import io.lectern.app.analysis.Normaliser.LineEndHyphen;
import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.ReadingView;
import io.lectern.ingest.document.Span;
import java.util.Optional;

/** A document as analysis works on it: its reading view, what the view looks like when normalised, and the ways back. */
final class Source {
    private final NamedDocument named;
    private final MappedText view;
    private final MappedText normal;
    /** With line-end hyphens kept; null until asked for. */
    private MappedText hyphenated;

    /** Null until asked for. */
    private WordIndex index;

    Source(NamedDocument named) {
        this.named = named;
        this.view = ReadingView.of(named.document());
        this.normal = Normaliser.map(view.text(), LineEndHyphen.JOIN);
    }

    String name() {
        return named.name();
    }

    NamedDocument named() {
        return named;
    }

    /** What is read of the document: its source is the document's text. */
    MappedText view() {
        return view;
    }

    /** The view made comparable: its source is the view's text. */
    MappedText normal() {
        return normal;
    }

    /**
     * The view made comparable in the other reading of hyphens that are left at its line ends; empty if there are none.
     */
    synchronized Optional<MappedText> hyphenated() {
        if (hyphenated == null) {
            hyphenated = Normaliser.map(view.text(), LineEndHyphen.KEEP);
        }
        return hyphenated.length() == normal.length() ? Optional.empty() : Optional.of(hyphenated);
    }

    /** The words of {@link #normal()}. */
    synchronized WordIndex index() {
        if (index == null) {
            index = new WordIndex(normal.text());
        }
        return index;
    }

    /**
     * The document's own words behind a span of the view, without white space at either end.
     *
     * @return empty if nothing of the document stands behind the span
     */
    Optional<Passage> passage(Span ofView) {
        if (ofView.isEmpty()) {
            return Optional.empty();
        }
        String text = named.document().text();
        Span span = view.toSource(ofView);
        int start = span.start();
        int end = span.end();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (start < end && isSpace(text.charAt(end - 1))) {
            end--;
        }
        if (start == end) {
            return Optional.empty();
        }
        Span trimmed = new Span(start, end);
        return Optional.of(new Passage(
                named.document().id(),
                named.name(),
                trimmed,
                trimmed.of(text),
                named.document().locate(trimmed)));
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
