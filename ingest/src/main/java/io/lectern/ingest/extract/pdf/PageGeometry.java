package io.lectern.ingest.extract.pdf;

import java.awt.geom.AffineTransform;
import java.awt.geom.Point2D;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;

/**
 * How a page's own coordinates (origin at the bottom left, before cropping and turning) lead to the page as displayed:
 * points from the top left corner of the crop box, y growing downwards, after the page's rotation.
 *
 * @param width of the displayed page, in points
 * @param height of the displayed page, in points
 * @param toDisplay from the page's coordinates to the displayed page's
 */
record PageGeometry(float width, float height, AffineTransform toDisplay) {

    static PageGeometry of(PDPage page) {
        PDRectangle crop = page.getCropBox();
        float left = crop.getLowerLeftX();
        float bottom = crop.getLowerLeftY();
        float right = crop.getUpperRightX();
        float top = crop.getUpperRightY();
        AffineTransform transform = switch (Math.floorMod(page.getRotation(), 360)) {
            case 90 -> new AffineTransform(0, 1, 1, 0, -bottom, -left);
            case 180 -> new AffineTransform(-1, 0, 0, 1, right, -bottom);
            case 270 -> new AffineTransform(0, -1, -1, 0, top, right);
            default -> new AffineTransform(1, 0, 0, -1, -left, top);
        };
        boolean onItsSide = Math.floorMod(page.getRotation(), 180) == 90;
        return new PageGeometry(
                onItsSide ? crop.getHeight() : crop.getWidth(),
                onItsSide ? crop.getWidth() : crop.getHeight(),
                transform);
    }

    Point2D.Float display(Point2D point) {
        Point2D.Float result = new Point2D.Float();
        toDisplay.transform(point, result);
        return result;
    }
}
