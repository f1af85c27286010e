package io.lectern.ingest.document;

import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The view of a document that a model reads: the text as a person would read it aloud, with an exact way back to
 * {@link Document#text()}.
 *
 * <ul>
 *   <li>running headers and footers stand once, at their first occurrence; bare page numbers not at all
 *   <li>words broken at line ends are joined
 *   <li>what tracked changes took out, and hidden text, is left out (the document's findings say that there is some)
 *   <li>comments and numbered notes are set in brackets that say what they are: "[Comment by …: …]", "[Footnote 3: …]"
 *   <li>several blank lines become one, except in source code
 *   <li>spaces of other kinds (no-break, thin, figure …) become plain ones, except in source code: some programs write
 *       no-break spaces between all words, which a model reads badly and at nearly twice the tokens
 *   <li>everything else is copied
 * </ul>
 */
public final class ReadingView {
    private static final Pattern PAGE_NUMBER = Pattern.compile(
            "[^\\p{L}\\p{N}]*(?:(?:page|seite|p|pg|s)\\b\\.?\\s*)?(?:\\d{1,5}|[ivxlc]{1,7})"
                    + "(?:\\s*(?:/|of|von|\\|)\\s*\\d{1,5})?[^\\p{L}\\p{N}]*",
            Pattern.CASE_INSENSITIVE);

    private final Document document;
    private final String text;
    private final BitSet leftOut = new BitSet();
    private final BitSet runningLines = new BitSet();
    private final List<Mark> marks = new ArrayList<>();

    /** Words that the view adds at an offset of the text. */
    private record Mark(int offset, String words) {}

    private ReadingView(Document document) {
        this.document = document;
        this.text = document.text();
    }

    /** The view of a document; its source is the document's text. */
    public static MappedText of(Document document) {
        return new ReadingView(document).build();
    }

    private MappedText build() {
        Set<String> seen = new HashSet<>();
        for (TypedSpan typed : document.typedSpans()) {
            switch (typed.type()) {
                case RUNNING_HEADER, RUNNING_FOOTER -> leaveOutRepeat(typed, seen);
                case DELETED_REVISION, HIDDEN_TEXT -> leaveOut(typed.span());
                case COMMENT, FOOTNOTE, LINE_END_HYPHEN, INSERTED_REVISION, HEADING -> {}
            }
        }
        // Only now is it known what is left out around a hyphen or inside a note.
        for (TypedSpan typed : document.typedSpans()) {
            switch (typed.type()) {
                case LINE_END_HYPHEN -> joinAt(typed.span());
                case COMMENT, FOOTNOTE -> bracket(typed);
                default -> {}
            }
        }
        if (document.format() != DocumentFormat.CODE) {
            collapseBlankLines();
        }
        return copy();
    }

    private void leaveOut(Span span) {
        leftOut.set(span.start(), span.end());
    }

    /** Page numbers differ from page to page in what is otherwise the same line, so digits do not count. */
    private void leaveOutRepeat(TypedSpan typed, Set<String> seen) {
        runningLines.set(typed.span().start(), typed.span().end());
        String words = typed.span().of(text).strip();
        String key = typed.type()
                + words.replaceAll("\\d+", "0").replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
        if (PAGE_NUMBER.matcher(words).matches() || !seen.add(key)) {
            leaveOut(wholeLine(typed.span()));
        }
    }

    /** With the line break behind it, where the span is all there is on its line. */
    private Span wholeLine(Span span) {
        int start = span.start();
        while (start > 0 && isBlank(text.charAt(start - 1))) {
            start--;
        }
        int end = span.end();
        while (end < text.length() && isBlank(text.charAt(end))) {
            end++;
        }
        boolean fromLineStart = start == 0 || isLineBreak(text.charAt(start - 1));
        if (!fromLineStart || end == text.length() || !isLineBreak(text.charAt(end))) {
            return span;
        }
        return new Span(start, endOfBreak(end));
    }

    private int endOfBreak(int at) {
        return text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n' ? at + 2 : at + 1;
    }

    /** Joins the word, also across a page border from which the running lines are left out. */
    private void joinAt(Span hyphen) {
        int next = hyphen.end();
        while (next < text.length() && (leftOut.get(next) || Character.isWhitespace(text.charAt(next)))) {
            next++;
        }
        boolean wordGoesOn =
                next < text.length() && Character.isLetter(text.codePointAt(next)) && !runningLines.get(next);
        if (wordGoesOn) {
            leftOut.set(hyphen.start(), next);
        }
    }

    private void bracket(TypedSpan typed) {
        boolean comment = typed.type() == Type.COMMENT;
        int end = typed.span().end();
        while (end > typed.span().start() && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        boolean nothingToShow = leftOut.nextClearBit(typed.span().start()) >= end;
        if (nothingToShow || (!comment && typed.note().isEmpty())) {
            return;
        }
        String what = comment ? ("Comment " + typed.note()).strip() : typed.note();
        String title = what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1);
        marks.add(new Mark(typed.span().start(), "[" + title + ": "));
        marks.add(new Mark(end, "]"));
    }

    /** Of a run of blank lines the first stays; the indentation behind the run stays too. */
    private void collapseBlankLines() {
        int breaks = 0;
        int secondBreakEnd = 0;
        int lastBreakEnd = 0;
        for (int i = 0; i < text.length(); i++) {
            if (leftOut.get(i)) {
                continue;
            }
            char c = text.charAt(i);
            if (isLineBreak(c)) {
                int end = endOfBreak(i);
                breaks++;
                secondBreakEnd = breaks == 2 ? end : secondBreakEnd;
                lastBreakEnd = end;
                i = end - 1;
            } else if (!isBlank(c)) {
                if (breaks > 2) {
                    leftOut.set(secondBreakEnd, lastBreakEnd);
                }
                breaks = 0;
            }
        }
        if (breaks > 1) {
            leftOut.set(secondBreakEnd, text.length());
        }
    }

    private MappedText copy() {
        marks.sort(Comparator.comparingInt(Mark::offset));
        MappedText.Builder view = new MappedText.Builder();
        int from = 0;
        for (Mark mark : marks) {
            copyKept(view, from, mark.offset());
            view.replace(new Span(mark.offset(), mark.offset()), mark.words());
            from = mark.offset();
        }
        copyKept(view, from, text.length());
        return view.build();
    }

    private void copyKept(MappedText.Builder view, int from, int to) {
        int start = leftOut.nextClearBit(from);
        while (start < to) {
            int next = leftOut.nextSetBit(start);
            int end = next < 0 ? to : Math.min(next, to);
            copyWithPlainSpaces(view, start, end);
            start = leftOut.nextClearBit(end);
        }
    }

    private void copyWithPlainSpaces(MappedText.Builder view, int start, int end) {
        int from = start;
        for (int i = start; i < end && document.format() != DocumentFormat.CODE; i++) {
            if (text.charAt(i) != ' ' && Character.getType(text.charAt(i)) == Character.SPACE_SEPARATOR) {
                view.copy(text, new Span(from, i));
                view.replace(new Span(i, i + 1), " ");
                from = i + 1;
            }
        }
        view.copy(text, new Span(from, end));
    }

    private static boolean isLineBreak(char c) {
        return c == '\n' || c == '\r' || c == '\f';
    }

    private static boolean isBlank(char c) {
        return c != '\f' && c != '\n' && c != '\r' && (Character.isWhitespace(c) || Character.isSpaceChar(c));
    }
}
