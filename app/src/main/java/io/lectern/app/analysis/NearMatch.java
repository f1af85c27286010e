package io.lectern.app.analysis;

import io.lectern.ingest.document.Span;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nearest stretch of a source to words that do not stand in it exactly, if it is near enough to be taken for what was
 * meant.
 *
 * <p>Words are aligned one by one. They may differ in case and punctuation; a long word may differ in a letter or two (two
 * in nine, one in six) but not in its first letter, nor by a role's ending (lessor, lessee); a few words without weight
 * (the, of, such …) may be added, dropped or exchanged; a word may be split in two; the last may be cut off. Nothing else: a number, an amount, a negation, a
 * modal verb or a name that differs makes the words something the source does not say, however near they look. At most
 * one word in ten may differ, and the whole must be {@value #LEAST_SIMILARITY} alike by edit distance.
 *
 * @param span where the stretch stands in the normalised source
 * @param similarity 1 − Levenshtein distance / length of the longer, ignoring case
 */
record NearMatch(Span span, double similarity) {
    /** How alike the words and the stretch must be. */
    static final double LEAST_SIMILARITY = 0.9;

    /** Fewer words than this are too few to tell what was meant. */
    private static final int FEWEST_WORDS = 5;

    private static final int WORDS_AN_EDIT = 10;

    /** Places that are looked at closely. */
    private static final int MOST_PLACES = 8;

    /** Words that stand in a source more often than this do not help to find a place in it. */
    private static final int MOST_OCCURRENCES = 4000;

    private static final int NEVER = 1_000_000;

    static Optional<NearMatch> find(String wanted, WordIndex source) {
        List<Span> places = Words.in(wanted);
        int most = Math.max(1, places.size() / WORDS_AN_EDIT);
        if (places.size() < FEWEST_WORDS) {
            return Optional.empty();
        }
        List<String> words = places.stream().map(place -> place.of(wanted)).toList();
        NearMatch best = null;
        for (int start : startsFor(words, source)) {
            Span found = align(words, source, start, most);
            if (found != null) {
                NearMatch match = new NearMatch(withEndMark(found, wanted, source.text()), 0).measured(wanted, source);
                if (match.similarity >= LEAST_SIMILARITY && (best == null || match.similarity > best.similarity)) {
                    best = match;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** Numbers of the source's words where the wanted words may begin, the likeliest first: each word votes. */
    private static List<Integer> startsFor(List<String> words, WordIndex source) {
        Map<Integer, Integer> votes = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            int[] positions = source.positions(words.get(i));
            if (positions.length <= MOST_OCCURRENCES) {
                for (int position : positions) {
                    votes.merge(position - i, 1, Integer::sum);
                }
            }
        }
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() > 1)
                .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_PLACES)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The stretch of the source's words that all wanted words align with at the least cost; null above {@code most}. */
    private static Span align(List<String> wanted, WordIndex source, int start, int most) {
        int slack = most + 2;
        int from = Math.max(0, start - slack);
        List<Span> window = source.window(from, start + wanted.size() + slack);
        String text = source.text();
        List<String> words = window.stream().map(place -> place.of(text)).toList();
        int rows = wanted.size() + 1;
        int columns = words.size() + 1;
        int[][] cost = new int[rows][columns];
        int[][] begin = new int[rows][columns];
        for (int j = 0; j < columns; j++) {
            begin[0][j] = j;
        }
        for (int i = 1; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                cost[i][j] = NEVER;
                if (j > 0) {
                    boolean cutOff = i == rows - 1 && isBeginning(wanted.get(i - 1), words.get(j - 1));
                    int pair = cutOff ? 1 : costOfPair(wanted.get(i - 1), words.get(j - 1));
                    take(cost, begin, i, j, i - 1, j - 1, pair);
                    take(cost, begin, i, j, i, j - 1, Words.isLight(words.get(j - 1)) ? 1 : NEVER);
                }
                take(cost, begin, i, j, i - 1, j, Words.isLight(wanted.get(i - 1)) ? 1 : NEVER);
                if (j > 1) {
                    take(
                            cost,
                            begin,
                            i,
                            j,
                            i - 1,
                            j - 2,
                            costOfSplit(wanted.get(i - 1), words.get(j - 2), words.get(j - 1)));
                }
                if (i > 1 && j > 0) {
                    take(
                            cost,
                            begin,
                            i,
                            j,
                            i - 2,
                            j - 1,
                            costOfSplit(words.get(j - 1), wanted.get(i - 2), wanted.get(i - 1)));
                }
            }
        }
        int end = 0;
        for (int j = 1; j < columns; j++) {
            end = cost[rows - 1][j] < cost[rows - 1][end] ? j : end;
        }
        boolean found = cost[rows - 1][end] <= most && begin[rows - 1][end] < end;
        return found
                ? new Span(
                        window.get(begin[rows - 1][end]).start(),
                        window.get(end - 1).end())
                : null;
    }

    private static void take(int[][] cost, int[][] begin, int i, int j, int fromI, int fromJ, int step) {
        int total = Math.min(NEVER, cost[fromI][fromJ] + step);
        if (total < cost[i][j]) {
            cost[i][j] = total;
            begin[i][j] = begin[fromI][fromJ];
        }
    }

    private static int costOfPair(String wanted, String word) {
        if (wanted.equalsIgnoreCase(word)) {
            return 0;
        }
        if (Words.isLight(wanted) && Words.isLight(word)) {
            return 1;
        }
        boolean mayDiffer = !Words.decides(wanted) && !Words.decides(word) && !isName(wanted) && !isName(word);
        return mayDiffer && isSlip(Words.fold(wanted), Words.fold(word)) ? 1 : NEVER;
    }

    private static int costOfSplit(String whole, String left, String right) {
        boolean mayDiffer = !Words.decides(whole) && !Words.decides(left) && !Words.decides(right);
        return mayDiffer && whole.equalsIgnoreCase(left + right) ? 1 : NEVER;
    }

    /** A draft that reaches its limit inside a quotation ends in the middle of a word. */
    private static boolean isBeginning(String wanted, String word) {
        return wanted.length() >= 3
                && wanted.length() < word.length()
                && word.startsWith(wanted)
                && !Words.decides(wanted)
                && !Words.decides(word)
                && !isName(word);
    }

    private static boolean isName(String word) {
        return Character.isUpperCase(word.codePointAt(0));
    }

    private static boolean isSlip(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        if (shorter < 6 || a.charAt(0) != b.charAt(0) || isOtherRole(a, b)) {
            return false;
        }
        return distance(a, b) <= (shorter < 9 ? 1 : 2);
    }

    /** Lessor and lessee, employer and employee: near in letters, opposite in meaning. */
    private static boolean isOtherRole(String a, String b) {
        boolean bearer = a.matches(".*[eo]rs?") || b.matches(".*[eo]rs?");
        boolean receiver = a.matches(".*ees?") || b.matches(".*ees?");
        return bearer && receiver;
    }

    private NearMatch measured(String wanted, WordIndex source) {
        String a = Words.fold(wanted);
        String b = Words.fold(span.of(source.text()));
        return new NearMatch(span, 1 - (double) distance(a, b) / Math.max(a.length(), b.length()));
    }

    /** Takes the punctuation mark along that both end with. */
    private static Span withEndMark(Span span, String wanted, String text) {
        char last = wanted.charAt(wanted.length() - 1);
        boolean same = span.end() < text.length() && text.charAt(span.end()) == last && !Character.isWhitespace(last);
        return same ? new Span(span.start(), span.end() + 1) : span;
    }

    /** Levenshtein distance in characters. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
