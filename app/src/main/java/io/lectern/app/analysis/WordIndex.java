package io.lectern.app.analysis;

import io.lectern.ingest.document.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where each word of a normalised text stands, for finding stretches of words that resemble others. */
final class WordIndex {
    private static final int[] NOWHERE = {};

    private final String text;
    private final List<Span> places;
    private final Map<String, int[]> positions = new HashMap<>();

    /** @param normal a normalised text */
    WordIndex(String normal) {
        text = normal;
        places = Words.in(normal);
        Map<String, Integer> counts = new HashMap<>();
        for (Span place : places) {
            counts.merge(Words.fold(place.of(text)), 1, Integer::sum);
        }
        counts.forEach((word, count) -> positions.put(word, new int[count]));
        Map<String, Integer> filled = new HashMap<>();
        for (int i = 0; i < places.size(); i++) {
            String word = Words.fold(places.get(i).of(text));
            positions.get(word)[filled.merge(word, 1, Integer::sum) - 1] = i;
        }
    }

    String text() {
        return text;
    }

    int size() {
        return places.size();
    }

    /** Place of word number {@code i} in the text. */
    Span place(int i) {
        return places.get(i);
    }

    String word(int i) {
        return places.get(i).of(text);
    }

    /** The numbers of the words that are {@code word} but for case, ascending. */
    int[] positions(String word) {
        return positions.getOrDefault(Words.fold(word), NOWHERE);
    }

    /** Words {@code from} to {@code to}, cut to the text. */
    List<Span> window(int from, int to) {
        return places.subList(Math.clamp(from, 0, places.size()), Math.clamp(to, 0, places.size()));
    }
}
