package io.lectern.ingest.extract.pdf;

import org.apache.pdfbox.pdmodel.graphics.color.PDColor;
import org.apache.pdfbox.pdmodel.graphics.color.PDColorSpace;
import org.apache.pdfbox.pdmodel.graphics.color.PDDeviceN;
import org.apache.pdfbox.pdmodel.graphics.color.PDIndexed;
import org.apache.pdfbox.pdmodel.graphics.color.PDLab;
import org.apache.pdfbox.pdmodel.graphics.color.PDPattern;
import org.apache.pdfbox.pdmodel.graphics.color.PDSeparation;
import org.apache.pdfbox.pdmodel.graphics.state.PDGraphicsState;

/**
 * Colours, only as exactly as it takes to tell text from its background. Colour profiles are not applied: two colours of
 * one page that differ do so before any profile.
 */
final class Colours {
    private Colours() {}

    /** Red, green and blue from 0 to 1 of what fills (text too) are painted with; null if it is not a plain colour. */
    static float[] ofFill(PDGraphicsState state) {
        PDColor colour = state.getNonStrokingColor();
        PDColorSpace space = colour == null ? null : colour.getColorSpace();
        if (space == null || space instanceof PDPattern || space instanceof PDIndexed || space instanceof PDLab) {
            return null;
        }
        float[] parts = colour.getComponents();
        if (space instanceof PDSeparation || space instanceof PDDeviceN) {
            for (float tint : parts) {
                if (tint > 0) {
                    return null;
                }
            }
            return new float[] {1, 1, 1};
        }
        return switch (parts.length) {
            case 1 -> new float[] {parts[0], parts[0], parts[0]};
            case 3 -> parts.clone();
            case 4 ->
                new float[] {
                    (1 - parts[0]) * (1 - parts[3]), (1 - parts[1]) * (1 - parts[3]), (1 - parts[2]) * (1 - parts[3])
                };
            default -> null;
        };
    }
}
