package io.lectern.app.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A selection that the model cannot hold whole. Refused before anything is read; says the numbers and what would fit. */
public final class DoesNotFitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * What a document takes.
     *
     * @param documentName its name in the library
     * @param tokens with its markers
     */
    public record Size(String documentName, int tokens) implements java.io.Serializable {}

    private final ArrayList<Size> sizes;
    private final int reserved;
    private final int window;

    /**
     * @param sizes of the selected documents
     * @param reserved tokens kept for question and answer
     * @param window tokens that the model can hold
     */
    public DoesNotFitException(List<Size> sizes, int reserved, int window) {
        super(message(sizes, reserved, window));
        this.sizes = new ArrayList<>(sizes);
        this.reserved = reserved;
        this.window = window;
    }

    /** What each selected document takes, in the order of the prompt. */
    public List<Size> sizes() {
        return List.copyOf(sizes);
    }

    /** Tokens kept for question and answer. */
    public int reserved() {
        return reserved;
    }

    /** Tokens that the model can hold. */
    public int window() {
        return window;
    }

    private static String message(List<Size> sizes, int reserved, int window) {
        int total = total(sizes);
        int excess = total + reserved - window;
        List<Size> largestFirst = sizes.stream()
                .sorted(Comparator.comparingInt(Size::tokens).reversed())
                .toList();
        List<Size> deselect = enough(largestFirst, excess);
        String remedy = deselect.size() == sizes.size()
                ? "Use a model with a larger window."
                : "Deselect " + names(deselect) + ", or use a model with a larger window.";
        return ("The selection does not fit: %s with %,d tokens; the model holds %,d, of which %,d are kept for question and"
                        + " answer. That is %,d too many. Largest: %s. %s")
                .formatted(
                        sizes.size() == 1 ? "1 document" : "%,d documents".formatted(sizes.size()),
                        total,
                        window,
                        reserved,
                        excess,
                        largestFirst.stream()
                                .limit(5)
                                .map(size -> "%s (%,d)".formatted(size.documentName(), size.tokens()))
                                .collect(Collectors.joining(", ")),
                        remedy);
    }

    /** What to leave out: the smallest document that is enough alone, otherwise as few as possible. */
    private static List<Size> enough(List<Size> largestFirst, int excess) {
        List<Size> alone =
                largestFirst.stream().filter(size -> size.tokens() >= excess).toList();
        if (!alone.isEmpty()) {
            return List.of(alone.getLast());
        }
        List<Size> gathered = new ArrayList<>();
        while (total(gathered) < excess && gathered.size() < largestFirst.size()) {
            gathered.add(largestFirst.get(gathered.size()));
        }
        return gathered;
    }

    private static String names(List<Size> sizes) {
        return sizes.stream().map(Size::documentName).collect(Collectors.joining(", "));
    }

    private static int total(List<Size> sizes) {
        return sizes.stream().mapToInt(Size::tokens).sum();
    }
}
