package io.lectern.app.analysis;

import com.ibm.icu.text.BreakIterator;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cuts a reading view into the passages that an answer can rest on: sentences, with the clause number in front of them;
 * the items of a long list; rows of a table. Unicode's sentence rules (UAX 29, by ICU) do most of it; what they do not know
 * of contracts is mended here: abbreviations, clause numbers, and line breaks that end a paragraph in one format and
 * nothing in another.
 */
final class Passages {
    /**
     * A passage that can be cited.
     *
     * @param span in the reading view, without white space at either end
     * @param heading the heading it stands under; empty if none was seen
     */
    record Candidate(Span span, String heading) {}

    /** A sentence longer than this is cut at its semicolons. */
    private static final int LONG = 600;

    /** Nothing shorter is cut off a list. */
    private static final int SHORT = 40;

    private static final int LONGEST_HEADING = 80;

    private static final String CLAUSE_NUMBER =
            "(?:\\(?(?:\\d{1,3}(?:\\.\\d{1,3})*|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]+|(?:§|Section|Article|Clause)\\s*\\d+(?:\\.\\d+)*\\.?"
                    + "|[•●▪◦*–-])";

    private static final Pattern ONLY_NUMBER = Pattern.compile("(?:" + CLAUSE_NUMBER + "\\s*){1,3}");
    private static final Pattern BEGINS_ITEM = Pattern.compile(
            "(?:(?:\\(?\\d{1,3}(?:\\.\\d{1,3})*[.)])|\\([a-zA-Z]{1,4}\\)|[a-zA-Z][.)]|§|[•●▪◦])\\s.*|(?:Section|Article|ARTICLE|SECTION)\\s+\\d.*",
            Pattern.DOTALL);
    private static final Pattern ENDS_WITH_ABBREVIATION = Pattern.compile(
            "(?:^|.*[\\s(\"'])(?:Inc|Corp|Ltd|Co|Cos|LLC|L\\.?P|P\\.?C|No|Nos|Sec|Secs|Art|Arts|Para|Ex|Exh|Fig|pp?|vs?|cf|al|approx|est|etc|ca"
                    + "|Mr|Mrs|Ms|Dr|Prof|Hon|Jr|Sr|St|Ave|Blvd|Rd|Bldg|Dept|Esq|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
                    + "|U\\.S|U\\.K|U\\.S\\.C|D\\.C|i\\.e|e\\.g|a\\.m|p\\.m|[A-Z](?:\\.[A-Z])*)\\.\\s*",
            Pattern.DOTALL);

    private final Source source;
    private final String text;
    private final boolean lineIsParagraph;
    private final List<Candidate> candidates = new ArrayList<>();
    private String heading = "";

    private Passages(Source source) {
        this.source = source;
        this.text = source.view().text();
        this.lineIsParagraph = switch (source.named().document().format()) {
            case DOCX, CODE -> true;
            case PDF -> false;
            case MARKDOWN, TEXT, UNSUPPORTED -> hasLongLines(text);
        };
    }

    /** The passages of a document, in order. */
    static List<Candidate> of(Source source) {
        Passages passages = new Passages(source);
        passages.cut();
        return passages.candidates;
    }

    /** Text whose lines run on is not broken by hand: each line is a paragraph. */
    private static boolean hasLongLines(String text) {
        return text.lines().filter(line -> line.length() > 120).count() * 5
                > text.lines().filter(line -> !line.isBlank()).count();
    }

    private void cut() {
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            int lineEnd = text.indexOf('\n', at);
            lineEnd = lineEnd < 0 ? text.length() : lineEnd;
            int next = Math.min(text.length(), lineEnd + 1);
            if (next == text.length() || endsParagraph(at, lineEnd, next)) {
                paragraph(new Span(start, lineEnd));
                start = next;
            }
            at = next;
        }
    }

    private boolean endsParagraph(int lineStart, int lineEnd, int next) {
        String line = text.substring(lineStart, lineEnd).strip();
        int nextEnd = text.indexOf('\n', next);
        String following =
                text.substring(next, nextEnd < 0 ? text.length() : nextEnd).strip();
        if (lineIsParagraph
                || line.isEmpty()
                || following.isEmpty()
                || BEGINS_ITEM.matcher(following).matches()) {
            return true;
        }
        return isHeading(line) && !Character.isLowerCase(following.codePointAt(0));
    }

    /** A short line that ends like a title and is written like one: in capitals, or with every long word capitalised. */
    private static boolean isHeading(String line) {
        if (line.length() > LONGEST_HEADING || line.isEmpty() || ".;,:".indexOf(line.charAt(line.length() - 1)) >= 0) {
            return false;
        }
        String[] words = line.split("\\s+");
        boolean titled = true;
        boolean capitals = true;
        for (String word : words) {
            capitals &= word.equals(word.toUpperCase(Locale.ROOT));
            titled &= word.length() < 5 || !Character.isLowerCase(word.codePointAt(0));
        }
        return words.length <= 10 && (capitals || titled);
    }

    private void paragraph(Span paragraph) {
        String words = paragraph.of(text);
        if (words.isBlank()) {
            return;
        }
        if (source.named().document().format() == DocumentFormat.CODE) {
            add(paragraph);
            return;
        }
        // A line break inside a paragraph is a space to the sentence rules.
        BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        sentences.setText(words.replace('\n', ' ').replace('\r', ' '));
        int start = 0;
        for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
            String sentence = words.substring(start, end);
            boolean goesOn = end < words.length()
                    && (ONLY_NUMBER.matcher(sentence.strip()).matches()
                            || ENDS_WITH_ABBREVIATION.matcher(sentence).matches()
                            || startsLower(words, end));
            if (!goesOn) {
                sentence(new Span(paragraph.start() + start, paragraph.start() + end));
                start = end;
            }
        }
        if (start < words.length()) {
            sentence(new Span(paragraph.start() + start, paragraph.end()));
        }
    }

    private static boolean startsLower(String words, int at) {
        return Character.isLowerCase(words.codePointAt(at));
    }

    private void sentence(Span sentence) {
        if (sentence.length() <= LONG) {
            add(sentence);
            return;
        }
        int start = sentence.start();
        for (int i = start; i < sentence.end() - 1; i++) {
            boolean semicolon = text.charAt(i) == ';' && Character.isWhitespace(text.charAt(i + 1));
            if (semicolon && i - start >= SHORT && sentence.end() - i >= SHORT) {
                add(new Span(start, i + 1));
                start = i + 1;
            }
        }
        add(new Span(start, sentence.end()));
    }

    private void add(Span span) {
        int start = span.start();
        int end = span.end();
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (start < end && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        String words = text.substring(start, end);
        if (words.chars().noneMatch(Character::isLetterOrDigit)) {
            return;
        }
        String title = words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
        if (isHeading(title)) {
            heading = title;
        }
        candidates.add(new Candidate(new Span(start, end), heading.equals(title) ? "" : heading));
    }
}
