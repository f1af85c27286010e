package io.lectern.app.demo;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Answer.Outcome;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Passage;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How good the answers to the demonstration's questions are. An answer is right if one of the passages it shows has a
 * token-set Jaccard index of at least {@value #RIGHT} with an expected span of the same document; a question that the
 * documents do not answer is right if it is reported as not found.
 *
 * @param marks one for each question, in order
 */
public record DemoScore(List<Mark> marks) {
    /** |A ∩ B| / |A ∪ B| over lower-case words from which on two passages count as the same. */
    public static final double RIGHT = 0.5;

    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

    /**
     * The mark of one answer.
     *
     * @param question what was asked
     * @param right whether it was answered right
     * @param best highest Jaccard index of a shown passage with an expected span; 0 for a question without an answer
     */
    public record Mark(Demo.Question question, boolean right, double best) {}

    public DemoScore {
        marks = List.copyOf(marks);
    }

    /** Marks answers, one for each of the demonstration's questions, in order. */
    public static DemoScore of(Demo demo, List<Answer> answers) {
        if (answers.size() != demo.questions().size()) {
            throw new IllegalArgumentException("%d answers to %d questions"
                    .formatted(answers.size(), demo.questions().size()));
        }
        return new DemoScore(IntStream.range(0, answers.size())
                .mapToObj(i -> mark(demo.questions().get(i), answers.get(i)))
                .toList());
    }

    /** Questions that the documents answer, and whose answer is right. */
    public long answerableRight() {
        return marks.stream()
                .filter(mark -> mark.question().isAnswerable() && mark.right())
                .count();
    }

    /** Questions that the documents answer. */
    public long answerable() {
        return marks.stream().filter(mark -> mark.question().isAnswerable()).count();
    }

    /** Questions that the documents do not answer, and that were reported as not found. */
    public long absentRight() {
        return marks.stream()
                .filter(mark -> !mark.question().isAnswerable() && mark.right())
                .count();
    }

    /** Questions that the documents do not answer. */
    public long absent() {
        return marks.size() - answerable();
    }

    private static Mark mark(Demo.Question question, Answer answer) {
        if (!question.isAnswerable()) {
            return new Mark(question, answer.outcome() == Outcome.NOT_FOUND, 0);
        }
        double best = answer.citations().stream()
                .filter(Citation::isShown)
                .mapToDouble(citation -> best(question, citation.passage()))
                .max()
                .orElse(0);
        return new Mark(question, best >= RIGHT, best);
    }

    private static double best(Demo.Question question, Passage passage) {
        return question.expected().stream()
                .filter(expected -> passage.documentName().endsWith(expected.document()))
                .mapToDouble(expected -> jaccard(expected.text(), passage.text()))
                .max()
                .orElse(0);
    }

    private static double jaccard(String a, String b) {
        Set<String> both = words(a);
        Set<String> either = new HashSet<>(both);
        Set<String> other = words(b);
        both.retainAll(other);
        either.addAll(other);
        return either.isEmpty() ? 0 : (double) both.size() / either.size();
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>(List.of(NO_WORD.split(text.toLowerCase(Locale.ROOT))));
        words.remove("");
        return words;
    }
}
