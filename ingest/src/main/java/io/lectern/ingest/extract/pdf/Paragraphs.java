package io.lectern.ingest.extract.pdf;

import java.util.Arrays;
import java.util.List;

/**
 * Where paragraphs begin, by what shows on the page: a gap wider than the page's usual distance of lines, another size of
 * letters, an indented first line.
 */
final class Paragraphs {
    private static final float WIDER_GAP = 1.3f;
    private static final float OTHER_SIZE = 1.15f;

    private Paragraphs() {}

    /** For each line whether a paragraph begins with it. The first line always begins one. */
    static boolean[] starts(List<TextLine> lines) {
        float distance = usualDistance(lines);
        boolean[] starts = new boolean[lines.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i == 0 || begins(lines.get(i - 1), lines.get(i), distance) || isIndented(lines, i);
        }
        return starts;
    }

    /**
     * Whether the text goes on from the last line of a column or page to the first one of the next, as far as can be seen:
     * no sentence ends there, and the next line begins with a small letter or the last one is as long as lines get.
     */
    static boolean goesOn(TextLine before, float longestEnd, TextLine after) {
        char last = before.text().charAt(before.length() - 1);
        boolean sentenceEnds = ".:;!?\u3002\u201D\")".indexOf(last) >= 0;
        boolean isFull = before.direction() == after.direction()
                && before.size() < OTHER_SIZE * after.size()
                && after.size() < OTHER_SIZE * before.size()
                && before.end() > longestEnd - 4 * before.size();
        return !sentenceEnds && (isFull || Character.isLowerCase(after.text().codePointAt(0)));
    }

    /** Where the longest of some lines ends. */
    static float longestEnd(List<TextLine> lines) {
        float longest = Float.NEGATIVE_INFINITY;
        for (TextLine line : lines) {
            longest = Math.max(longest, line.end());
        }
        return longest;
    }

    private static boolean begins(TextLine before, TextLine line, float distance) {
        if (line.direction() != before.direction()) {
            return true;
        }
        float larger = Math.max(line.size(), before.size());
        float smaller = Math.min(line.size(), before.size());
        if (larger > OTHER_SIZE * smaller) {
            return true;
        }
        float step = line.baseline() - before.baseline();
        if (step < -0.5f * larger) {
            return !goesOn(before, Float.POSITIVE_INFINITY, line);
        }
        // Headings have larger letters than the lines that the usual distance comes from.
        return step > WIDER_GAP * Math.max(distance, 1.15f * smaller);
    }

    /** A first line set in from the lines around it, which begin at one edge. */
    private static boolean isIndented(List<TextLine> lines, int i) {
        if (i == 0 || i + 1 >= lines.size()) {
            return false;
        }
        TextLine before = lines.get(i - 1);
        TextLine line = lines.get(i);
        TextLine after = lines.get(i + 1);
        boolean oneBlock = before.direction() == line.direction()
                && after.direction() == line.direction()
                && line.baseline() > before.baseline()
                && after.baseline() > line.baseline();
        float indent = line.start() - after.start();
        return oneBlock
                && Math.abs(before.start() - after.start()) < 0.3f * line.size()
                && indent > 0.8f * line.size()
                && indent < 6 * line.size();
    }

    /** The lower quartile of the distances of neighbouring baselines; 0 if there are none to speak of. */
    private static float usualDistance(List<TextLine> lines) {
        float[] steps = new float[lines.size()];
        int count = 0;
        for (int i = 1; i < lines.size(); i++) {
            TextLine before = lines.get(i - 1);
            TextLine line = lines.get(i);
            float step = line.baseline() - before.baseline();
            float size = Math.max(line.size(), before.size());
            if (line.direction() == before.direction() && step > 0.8f * size && step < 2.6f * size) {
                steps[count++] = step;
            }
        }
        if (count < 3) {
            return 0;
        }
        Arrays.sort(steps, 0, count);
        return steps[count / 4];
    }
}
