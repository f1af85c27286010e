package io.lectern.ingest.matter;

import io.lectern.ingest.document.Span;
import io.lectern.ingest.matter.Words.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a person typed into a search field. Words between quotation marks follow one another, and so do the parts of a word
 * such as {@code 12.2(b)}; all must be there, in any order; the last word may be unfinished. Nothing that can be typed is
 * an error.
 *
 * @param phrases what must be there, each a sequence of folded words
 * @param lastIsPrefix whether the last word of the last phrase may go on
 */
record SearchQuery(List<List<String>> phrases, boolean lastIsPrefix) {

    static SearchQuery of(String typed) {
        List<List<String>> phrases = new ArrayList<>();
        // Pieces at odd places stand between quotation marks.
        String[] pieces = typed.split("[\"\u201c\u201d\u201e\u00ab\u00bb]", -1);
        for (int i = 0; i < pieces.length; i++) {
            String[] chunks = i % 2 == 1 ? new String[] {pieces[i]} : pieces[i].split("\\s+");
            for (String chunk : chunks) {
                List<String> phrase = Words.of(chunk).stream().map(Word::folded).toList();
                if (!phrase.isEmpty()) {
                    phrases.add(phrase);
                }
            }
        }
        List<Word> words = Words.of(typed);
        boolean lastIsPrefix =
                !words.isEmpty() && words.getLast().span().end() == typed.length() && pieces.length % 2 == 1;
        return new SearchQuery(phrases, lastIsPrefix);
    }

    boolean isEmpty() {
        return phrases.isEmpty();
    }

    /** The query in the language of FTS5. Folded words hold no character that means anything in it. */
    String expression() {
        return phrases.stream()
                        .map(phrase -> '"' + String.join(" ", phrase) + '"')
                        .collect(Collectors.joining(" AND "))
                + (lastIsPrefix ? "*" : "");
    }

    /** Where the phrases stand, given the words of a document; ascending, at most {@code limit}. */
    List<Span> find(List<Word> words, int limit) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < words.size() && spans.size() < limit; i++) {
            for (int p = 0; p < phrases.size(); p++) {
                List<String> phrase = phrases.get(p);
                if (standsAt(words, i, phrase, lastIsPrefix && p == phrases.size() - 1)) {
                    Span last = words.get(i + phrase.size() - 1).span();
                    spans.add(new Span(words.get(i).span().start(), last.end()));
                    break;
                }
            }
        }
        spans.sort(Comparator.comparingInt(Span::start));
        return spans;
    }

    private static boolean standsAt(List<Word> words, int at, List<String> phrase, boolean isPrefix) {
        int last = phrase.size() - 1;
        if (at + last >= words.size()) {
            return false;
        }
        for (int i = 0; i < last; i++) {
            if (!words.get(at + i).folded().equals(phrase.get(i))) {
                return false;
            }
        }
        String word = words.get(at + last).folded();
        return isPrefix ? word.startsWith(phrase.get(last)) : word.equals(phrase.get(last));
    }
}
