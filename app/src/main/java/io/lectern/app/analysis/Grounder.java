package io.lectern.app.analysis;

import io.lectern.ingest.document.Span;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the passages that a draft can rest on. A small model says roughly the right thing in words that are not quite the
 * document's; the passage that holds most of those words is, more often than not, the one it had in mind. Passages that
 * share words with the question are candidates too, by BM25 (Robertson and Zaragoza 2009), for the cases in which the draft
 * went astray. Which of them to show is for the {@link Judge} to say.
 */
final class Grounder {
    /**
     * A passage that an answer may rest on.
     *
     * @param source the document it stands in
     * @param span where, in the document's reading view
     * @param words as they stand in the view, on one line
     * @param heading the heading it stands under; empty if none
     */
    record Ground(Source source, Span span, String words, String heading) {
        /** Where it stands, for the model and for the words that it shares with a question. */
        String place() {
            return heading.isEmpty() ? source.name() : source.name() + ", " + heading;
        }
    }

    /** BM25's saturation of repeated words. */
    private static final double K1 = 1.2;

    /** BM25's allowance for long passages. */
    private static final double B = 0.75;

    private static final int BY_COVERAGE = 4;
    private static final int BY_QUESTION = 4;
    private static final int BY_QUESTION_AND_DRAFT = 4;

    /** A passage with fewer words is a heading, a number or a signature, and proves nothing. */
    private static final int FEWEST_WORDS = 4;

    private final Map<Ground, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Integer> passagesWith = new HashMap<>();
    private final double averageLength;

    /** A passage and how often each of its words stands in it, its heading's and its document's name included. */
    private record Entry(Ground ground, Map<String, Integer> counts, int length) {}

    Grounder(List<Source> sources) {
        for (Source source : sources) {
            for (Passages.Candidate candidate : Passages.of(source)) {
                String words = candidate.span().of(source.view().text()).replaceAll("\\s+", " ");
                if (Words.in(words).size() >= FEWEST_WORDS) {
                    add(new Ground(source, candidate.span(), words, candidate.heading()));
                }
            }
        }
        averageLength =
                entries.values().stream().mapToInt(Entry::length).average().orElse(1);
    }

    private void add(Ground ground) {
        Map<String, Integer> counts = new HashMap<>();
        List<String> words = Words.content(ground.words());
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        Words.content(ground.place()).forEach(word -> counts.merge(word, 1, Integer::sum));
        counts.keySet().forEach(word -> passagesWith.merge(word, 1, Integer::sum));
        entries.put(ground, new Entry(ground, counts, words.size()));
    }

    /**
     * The passages worth judging, without repeats: those that hold most of the draft's words, those nearest to the
     * question, and those nearest to both.
     */
    List<Ground> candidates(String question, String draft) {
        Set<String> drafted = new HashSet<>(Words.content(draft));
        Set<String> asked = new HashSet<>(Words.content(question));
        Set<String> both = new HashSet<>(drafted);
        both.addAll(asked);
        Set<Ground> found = new LinkedHashSet<>();
        found.addAll(best(BY_COVERAGE, entry -> coverage(drafted, entry)));
        found.addAll(best(BY_QUESTION_AND_DRAFT, entry -> bm25(both, entry)));
        found.addAll(best(BY_QUESTION, entry -> bm25(asked, entry)));
        return List.copyOf(found);
    }

    private interface Score {
        double of(Entry entry);
    }

    private record Scored(Ground ground, double score) {}

    private List<Ground> best(int count, Score score) {
        return entries.values().stream()
                .map(entry -> new Scored(entry.ground(), score.of(entry)))
                .filter(scored -> scored.score() > 0)
                .sorted(Comparator.comparingDouble(Scored::score).reversed())
                .limit(count)
                .map(Scored::ground)
                .toList();
    }

    /** Which part of some words' weight a passage holds, its heading and its document's name included, from 0 to 1. */
    double coverage(String words, Ground ground) {
        return coverage(new HashSet<>(Words.content(words)), entries.get(ground));
    }

    /** The most that any one passage holds of some words, from 0 to 1. */
    double bestCoverage(String words) {
        Set<String> wanted = new HashSet<>(Words.content(words));
        return entries.values().stream()
                .mapToDouble(entry -> coverage(wanted, entry))
                .max()
                .orElse(0);
    }

    private double coverage(Set<String> wanted, Entry entry) {
        double all = wanted.stream().mapToDouble(this::weight).sum();
        double held = wanted.stream()
                .filter(entry.counts()::containsKey)
                .mapToDouble(this::weight)
                .sum();
        return all == 0 ? 0 : held / all;
    }

    private double bm25(Set<String> wanted, Entry entry) {
        double sum = 0;
        for (String word : wanted) {
            int count = entry.counts().getOrDefault(word, 0);
            double saturation = count + K1 * (1 - B + B * entry.length() / averageLength);
            sum += weight(word) * count * (K1 + 1) / saturation;
        }
        return sum;
    }

    /** Inverse document frequency over passages: rare words tell passages apart. */
    private double weight(String word) {
        int with = passagesWith.getOrDefault(word, 0);
        return Math.log(1 + (entries.size() - with + 0.5) / (with + 0.5));
    }
}
