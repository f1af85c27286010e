package io.lectern.ingest.extract.text;

import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the headings of a Markdown text (CommonMark 0.31, 4.2 ATX and 4.3 setext), those inside code fences excepted. */
final class MarkdownHeadings {
    private static final Pattern LINE = Pattern.compile("([^\\r\\n]*)(?:\\r\\n|\\n|\\r|\\z)");
    private static final Pattern NUMBER_SIGNS = Pattern.compile(" {0,3}(#{1,6})(?:[ \\t].*)?");
    private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(=+|-+)[ \\t]*");
    private static final Pattern FENCE = Pattern.compile(" {0,3}(```+|~~~+).*");
    /** What may stand above a line of hyphens without becoming a heading: nothing, a quotation, a list item, a table. */
    private static final Pattern NOT_A_HEADING = Pattern.compile("\\s*|\\s*[>|*+-].*|\\s{4,}.*|\\s*\\d{1,9}[.)].*");

    private MarkdownHeadings() {}

    static List<TypedSpan> in(String text) {
        List<TypedSpan> headings = new ArrayList<>();
        String fence = "";
        Span before = new Span(0, 0);
        Matcher line = LINE.matcher(text);
        while (line.find() && line.end() > line.start()) {
            String words = line.group(1);
            Span span = new Span(line.start(1), line.end(1));
            Matcher fenceMark = FENCE.matcher(words);
            Matcher signs = NUMBER_SIGNS.matcher(words);
            Matcher underline = UNDERLINE.matcher(words);
            if (fenceMark.matches() && (fence.isEmpty() || fenceMark.group(1).startsWith(fence))) {
                fence = fence.isEmpty() ? fenceMark.group(1) : "";
            } else if (fence.isEmpty() && signs.matches()) {
                headings.add(heading(span, signs.group(1).length()));
            } else if (fence.isEmpty()
                    && underline.matches()
                    && !NOT_A_HEADING.matcher(before.of(text)).matches()) {
                headings.add(heading(before, underline.group(1).startsWith("=") ? 1 : 2));
            }
            boolean isHeading = !headings.isEmpty() && headings.getLast().span().equals(span);
            before = isHeading || !fence.isEmpty() ? new Span(0, 0) : span;
        }
        return headings;
    }

    private static TypedSpan heading(Span span, int level) {
        return new TypedSpan(span, Type.HEADING, "level " + level);
    }
}
