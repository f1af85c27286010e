package io.lectern.ingest.extract.pdf;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Bidi;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which a line with right-to-left letters is read. Programs draw such lines in either order, so the drawn
 * order is not believed: the glyphs are sorted as they are seen, from left to right, and the Unicode bidirectional
 * algorithm is run backwards from there.
 */
final class BidiOrder {
    private BidiOrder() {}

    /** The glyphs of a line as they are seen, from left to right. Marks stay with the letter they follow. */
    static List<Glyph> visual(List<Glyph> drawn) {
        List<List<Glyph>> letters = new ArrayList<>();
        for (Glyph glyph : drawn) {
            if (!letters.isEmpty() && isMark(glyph)) {
                letters.getLast().add(glyph);
            } else {
                letters.add(new ArrayList<>(List.of(glyph)));
            }
        }
        letters.sort(Comparator.comparingDouble(letter -> letter.getFirst().start()));
        List<Glyph> visual = new ArrayList<>(drawn.size());
        for (List<Glyph> letter : letters) {
            visual.addAll(letter.size() > 1 && letter.getFirst().isRightToLeft() ? letter.reversed() : letter);
        }
        return visual;
    }

    /**
     * The glyphs of a line in logical order.
     *
     * @param visual as they are seen, from left to right
     * @param backwards is told which of the result run from right to left
     */
    static List<Glyph> logical(List<Glyph> visual, boolean[] backwards) {
        StringBuilder shape = new StringBuilder(visual.size());
        int rightToLeft = 0;
        int leftToRight = 0;
        for (Glyph glyph : visual) {
            int c = glyph.text().isEmpty() ? ' ' : glyph.text().codePointAt(0);
            // One UTF-16 unit a glyph keeps the indexes equal; letters beyond the basic plane run left to right here.
            shape.append(c > 0xFFFF ? 'x' : (char) c);
            if (Characters.isRightToLeft(c)) {
                rightToLeft++;
            } else if (Character.isLetter(c)) {
                leftToRight++;
            }
        }
        Bidi bidi = new Bidi();
        bidi.setReorderingMode(Bidi.REORDER_INVERSE_LIKE_DIRECT);
        bidi.setPara(shape.toString(), rightToLeft >= leftToRight ? Bidi.RTL : Bidi.LTR, null);
        int[] sources = bidi.getVisualMap();
        List<Glyph> logical = new ArrayList<>(visual.size());
        for (int i = 0; i < sources.length; i++) {
            Glyph glyph = visual.get(sources[i]);
            backwards[i] = bidi.getLevelAt(sources[i]) % 2 == 1;
            logical.add(backwards[i] ? mirrored(glyph) : glyph);
        }
        return logical;
    }

    /** Brackets are drawn as their mirror images in right-to-left text; the character is the one that was meant. */
    private static Glyph mirrored(Glyph glyph) {
        if (glyph.text().length() != 1) {
            return glyph;
        }
        int mirror = UCharacter.getMirror(glyph.text().charAt(0));
        if (mirror == glyph.text().charAt(0)) {
            return glyph;
        }
        return new Glyph(
                Character.toString(mirror),
                glyph.direction(),
                glyph.start(),
                glyph.end(),
                glyph.top(),
                glyph.bottom(),
                glyph.baseline(),
                glyph.size(),
                glyph.spaceWidth(),
                glyph.hidden());
    }

    private static boolean isMark(Glyph glyph) {
        return !glyph.text().isEmpty() && Character.getType(glyph.text().codePointAt(0)) == Character.NON_SPACING_MARK;
    }
}
