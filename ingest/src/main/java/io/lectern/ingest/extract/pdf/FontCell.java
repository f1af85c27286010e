package io.lectern.ingest.extract.pdf;

import java.io.IOException;
import org.apache.fontbox.util.BoundingBox;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.pdmodel.font.PDType3Font;

/**
 * The cell that every glyph of a font gets, as a share of the font's size: high enough for capitals and descenders, the
 * same for all letters, so that the marked words of a line have one height.
 *
 * @param ascent above the baseline
 * @param descent below it, negative
 * @param spaceWidth width of a space
 */
record FontCell(float ascent, float descent, float spaceWidth) {
    private static final float USUAL_ASCENT = 0.8f;
    private static final float USUAL_DESCENT = -0.22f;
    private static final float USUAL_SPACE = 0.28f;

    static FontCell of(PDFont font) {
        float unit = font instanceof PDType3Font ? font.getFontMatrix().getScaleY() : 0.001f;
        float ascent = 0;
        float descent = 0;
        PDFontDescriptor descriptor = font.getFontDescriptor();
        if (descriptor != null) {
            ascent = descriptor.getAscent() * unit;
            descent = -Math.abs(descriptor.getDescent() * unit);
        }
        if (ascent == 0 || descent == 0) {
            BoundingBox box = boundingBox(font);
            ascent = ascent == 0 ? box.getUpperRightY() * unit : ascent;
            descent = descent == 0 ? box.getLowerLeftY() * unit : descent;
        }
        // Files give figures of any size here; beyond these bounds they are not believed.
        boolean believable = font instanceof PDType3Font ? ascent > descent : ascent > 0.3f && descent < 0;
        if (!believable) {
            ascent = USUAL_ASCENT;
            descent = USUAL_DESCENT;
        } else if (!(font instanceof PDType3Font)) {
            ascent = Math.clamp(ascent, 0.72f, 1.0f);
            descent = Math.clamp(descent, -0.3f, -0.2f);
        }
        return new FontCell(ascent, descent, spaceWidth(font));
    }

    private static BoundingBox boundingBox(PDFont font) {
        try {
            BoundingBox box = font.getBoundingBox();
            return box == null ? new BoundingBox() : box;
        } catch (IOException e) {
            return new BoundingBox();
        }
    }

    private static float spaceWidth(PDFont font) {
        float unit = font instanceof PDType3Font ? font.getFontMatrix().getScaleX() : 0.001f;
        float width = Math.abs(font.getSpaceWidth() * unit);
        if (width == 0) {
            width = Math.abs(font.getAverageFontWidth() * unit) * 0.8f;
        }
        return width > 0 && width < 2 ? width : USUAL_SPACE;
    }
}
