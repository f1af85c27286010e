package io.lectern.ingest.extract.office;

import io.lectern.ingest.document.ParagraphLayout;
import io.lectern.ingest.document.ParagraphLayout.Paragraph;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The text of a Word document while it grows, with its paragraphs and typed spans. */
final class WordText {
    private final StringBuilder text = new StringBuilder();
    private final List<Paragraph> paragraphs = new ArrayList<>();
    private final List<TypedSpan> typedSpans = new ArrayList<>();
    /** Index in {@link #typedSpans} of the last span of each type, to lengthen it where the next goes on. */
    private final Map<Type, Integer> last = new HashMap<>();

    int length() {
        return text.length();
    }

    void append(String characters) {
        text.append(characters);
    }

    /** Starts a paragraph at the end of the text; one that stays empty is not counted. */
    void startParagraph(String place) {
        boolean emptySoFar =
                !paragraphs.isEmpty() && isBlankFrom(paragraphs.getLast().start());
        if (emptySoFar) {
            paragraphs.removeLast();
        }
        paragraphs.add(new Paragraph(paragraphs.size() + 1, text.length(), place));
    }

    boolean isBlankFrom(int start) {
        for (int i = start; i < text.length(); i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    String from(int start) {
        return text.substring(start);
    }

    /** Marks everything from {@code start} to the end; a stretch that goes on where the last like it ended joins it. */
    void type(int start, Type type, String note) {
        if (start == text.length()) {
            return;
        }
        Span span = new Span(start, text.length());
        Integer before = last.get(type);
        if (before != null) {
            TypedSpan previous = typedSpans.get(before);
            boolean runsOn =
                    type == Type.DELETED_REVISION || type == Type.INSERTED_REVISION || type == Type.HIDDEN_TEXT;
            if (runsOn && previous.span().end() == start && previous.note().equals(note)) {
                typedSpans.set(before, new TypedSpan(previous.span().union(span), type, note));
                return;
            }
        }
        last.put(type, typedSpans.size());
        typedSpans.add(new TypedSpan(span, type, note));
    }

    String text() {
        return text.toString();
    }

    ParagraphLayout layout() {
        return new ParagraphLayout(paragraphs.isEmpty() ? List.of(new Paragraph(1, 0, "body")) : paragraphs);
    }

    /** Ordered by start, the longer first. */
    List<TypedSpan> typedSpans() {
        return typedSpans.stream()
                .sorted(Comparator.comparingInt(
                                (TypedSpan typed) -> typed.span().start())
                        .thenComparing(typed -> -typed.span().end()))
                .toList();
    }
}
