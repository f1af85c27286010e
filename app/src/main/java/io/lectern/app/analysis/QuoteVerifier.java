package io.lectern.app.analysis;

import io.lectern.app.analysis.Normaliser.LineEndHyphen;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.Span;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks up words that are written as a quotation in what was read. Works on the reading view of each document, so running
 * headers inside a sentence do not hide it and deleted revisions never count as live text.
 *
 * <ol>
 *   <li><em>Verified</em>: the words stand there, exactly after {@link Normaliser normalising}, from one word's beginning
 *       to another's end. Parts around "…" or "[...]" must follow one another in one document.
 *   <li><em>Repaired</em>: the nearest stretch of words differs in a few letters or small words only ({@link NearMatch}).
 *       The source's own words take the place of what was written.
 *   <li><em>Not found</em> otherwise.
 * </ol>
 *
 * <p>Immutable and safe for use from many threads.
 */
public final class QuoteVerifier {
    private static final Pattern ELLIPSIS =
            Pattern.compile("\\s*(?:\\[\\s*\\.{3}\\s*]|\\(\\s*\\.{3}\\s*\\)|\\.{3})\\s*");

    /** How much may lie between two parts of a quotation with an ellipsis, in characters: about a page. */
    static final int LONGEST_ELLIPSIS = 3000;

    /** Fewer characters without a letter or digit among them are no quotation. */
    private static final int FEWEST_CHARACTERS = 3;

    private final List<Source> sources;

    /**
     * What a quotation came to.
     *
     * @param verbatim the mark
     * @param passage the source's own words; null exactly if not found
     * @param similarity 1 for the same words, otherwise 1 − edit distance / length of the nearest stretch; 0 if not found
     */
    public record Result(Verbatim verbatim, Passage passage, double similarity) {
        static final Result NOT_FOUND = new Result(Verbatim.NOT_FOUND, null, 0);
    }

    QuoteVerifier(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /** @param documents those that were read, in the order in which places are preferred */
    public static QuoteVerifier over(List<NamedDocument> documents) {
        return new QuoteVerifier(documents.stream().map(Source::new).toList());
    }

    /**
     * Looks words up in all documents.
     *
     * @param quotation the words, without the quotation marks around them
     */
    public Result verify(String quotation) {
        return verify(quotation, sources);
    }

    /** Looks words up in one document; not found if it is not among those read. */
    public Result verify(String quotation, DocumentId documentId) {
        return verify(
                quotation,
                sources.stream()
                        .filter(source -> source.named().document().id().equals(documentId))
                        .toList());
    }

    private Result verify(String quotation, List<Source> among) {
        String joined = Normaliser.normalise(quotation);
        if (joined.length() < FEWEST_CHARACTERS && !hasWord(joined)) {
            return Result.NOT_FOUND;
        }
        String hyphenated = Normaliser.normalise(quotation, LineEndHyphen.KEEP);
        Set<String> readings = new LinkedHashSet<>(List.of(joined));
        readings.add(hyphenated);
        for (Source source : among) {
            for (String reading : readings) {
                Optional<Passage> exact = exact(reading, source);
                if (exact.isPresent()) {
                    return new Result(Verbatim.VERIFIED, exact.get(), 1);
                }
            }
        }
        return nearest(hyphenated, among);
    }

    private static Result nearest(String wanted, List<Source> among) {
        Result best = Result.NOT_FOUND;
        for (Source source : among) {
            Optional<NearMatch> near = NearMatch.find(wanted, source.index());
            if (near.isPresent() && near.get().similarity() > best.similarity()) {
                double similarity = near.get().similarity();
                best = source.passage(source.normal().toSource(near.get().span()))
                        .map(passage -> new Result(Verbatim.REPAIRED, passage, similarity))
                        .orElse(best);
            }
        }
        return best;
    }

    /** Looks for the words in both readings of the hyphens at the source's line ends. */
    private static Optional<Passage> exact(String wanted, Source source) {
        List<String> parts = parts(wanted);
        List<MappedText> forms = new ArrayList<>(List.of(source.normal()));
        source.hyphenated().ifPresent(forms::add);
        for (MappedText form : forms) {
            Optional<Span> place = find(wanted, form.text(), 0);
            if (place.isEmpty() && parts.size() > 1) {
                place = inOrder(parts, form.text());
            }
            if (place.isPresent()) {
                return source.passage(form.toSource(place.get()));
            }
        }
        return Optional.empty();
    }

    /** The stretch from the first part to the last, the shortest from each place where the first part stands. */
    private static Optional<Span> inOrder(List<String> parts, String text) {
        Optional<Span> first = find(parts.getFirst(), text, 0);
        while (first.isPresent()) {
            Span all = first.get();
            for (String part : parts.subList(1, parts.size())) {
                Span before = all;
                Optional<Span> next =
                        find(part, text, all.end()).filter(place -> place.start() - before.end() <= LONGEST_ELLIPSIS);
                if (next.isEmpty()) {
                    all = null;
                    break;
                }
                all = all.union(next.get());
            }
            if (all != null) {
                return Optional.of(all);
            }
            first = find(parts.getFirst(), text, first.get().start() + 1);
        }
        return Optional.empty();
    }

    private static List<String> parts(String wanted) {
        return ELLIPSIS.splitAsStream(wanted).filter(QuoteVerifier::hasWord).toList();
    }

    private static Optional<Span> find(String words, String text, int from) {
        int at = text.indexOf(words, from);
        while (at >= 0 && !Words.isWhole(text, at, at + words.length())) {
            at = text.indexOf(words, at + 1);
        }
        return at < 0 ? Optional.empty() : Optional.of(new Span(at, at + words.length()));
    }

    private static boolean hasWord(String text) {
        return text.chars().anyMatch(Character::isLetterOrDigit);
    }
}
