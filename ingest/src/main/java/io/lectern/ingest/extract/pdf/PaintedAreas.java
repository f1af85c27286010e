package io.lectern.ingest.extract.pdf;

import java.awt.geom.AffineTransform;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSNumber;
import org.apache.pdfbox.pdmodel.graphics.blend.BlendMode;
import org.apache.pdfbox.pdmodel.graphics.state.PDGraphicsState;
import org.apache.pdfbox.util.Matrix;

/**
 * What a page paints besides text, as far as it bears on whether its text can be seen: filled areas with their colours,
 * pictures, and the clip. Paths are kept as their bounding boxes; only plain rectangles count as exact, and nothing is
 * concluded from the others.
 */
final class PaintedAreas {
    /** More fills than this make a drawing, in which text is not judged by what lies over or under it. */
    private static final int MOST_FILLS = 2_000;
    /** Thinner areas are rules and underlines, which hide nothing. */
    private static final double LEAST_SIDE = 3;

    /**
     * A painted area of the displayed page.
     *
     * @param order number of the operation that painted it
     * @param box its bounds
     * @param exact whether it fills its bounds
     * @param opaque whether what lies under it is not seen
     * @param colour red, green, blue from 0 to 1; null if not known
     */
    private record Fill(int order, Rectangle2D box, boolean exact, boolean opaque, float[] colour) {}

    private final AffineTransform toDisplay;
    private final Rectangle2D page;
    private final List<Fill> fills = new ArrayList<>();
    private final List<Rectangle2D> pictures = new ArrayList<>();
    private final Deque<Rectangle2D> outerClips = new ArrayDeque<>();
    private Rectangle2D clip;
    private boolean clipPending;
    private Rectangle2D path;
    private int pathPoints;
    private int pathRectangles;
    private int order;
    private int paintOperations;

    PaintedAreas(PageGeometry geometry) {
        toDisplay = geometry.toDisplay();
        page = new Rectangle2D.Double(0, 0, geometry.width(), geometry.height());
        clip = page;
    }

    /** Follows an operator of the content stream. */
    void observe(String operator, List<COSBase> operands, PDGraphicsState state) {
        order++;
        switch (operator) {
            case "re" -> rectangle(operands, state.getCurrentTransformationMatrix());
            case "m", "l" -> point(operands, 0, state);
            case "c" -> {
                point(operands, 0, state);
                point(operands, 2, state);
                point(operands, 4, state);
            }
            case "v", "y" -> {
                point(operands, 0, state);
                point(operands, 2, state);
            }
            case "W", "W*" -> clipPending = true;
            case "f", "F", "f*", "B", "B*", "b", "b*" -> {
                fill(state);
                endPath();
            }
            case "S", "s" -> {
                paintOperations++;
                endPath();
            }
            case "n" -> endPath();
            case "sh" -> {
                paintOperations++;
                fills.add(new Fill(order, clip, false, false, null));
            }
            case "BI" -> picture(state.getCurrentTransformationMatrix());
            default -> {
                // Neither path nor paint.
            }
        }
    }

    /** A picture is painted into the unit square of {@code matrix}. */
    void picture(Matrix matrix) {
        paintOperations++;
        Rectangle2D box = display(new Rectangle2D.Double(0, 0, 1, 1), matrix).createIntersection(clip);
        if (box.getWidth() > 0 && box.getHeight() > 0) {
            pictures.add(box);
            fills.add(new Fill(order, box, false, false, null));
        }
    }

    void save() {
        outerClips.push(clip);
    }

    void restore() {
        if (!outerClips.isEmpty()) {
            clip = outerClips.pop();
        }
    }

    /** What the clip is now, to be handed to {@link #leave}. */
    Rectangle2D enter(Rectangle2D box, Matrix matrix) {
        Rectangle2D before = clip;
        clip = clip.createIntersection(display(box, matrix));
        return before;
    }

    void leave(Rectangle2D clipBefore) {
        clip = clipBefore;
    }

    /** Number of the operation in hand, which tells what was painted before a glyph from what was painted after it. */
    int order() {
        return order;
    }

    /** Whether nothing of a box is within the page. */
    boolean isOutsidePage(Rectangle2D box) {
        return !box.intersects(page);
    }

    /** Whether nothing of a box is within the clip. */
    boolean isClipped(Rectangle2D box) {
        // Half a point of grace: a clip often follows the text so closely that rounding decides.
        return !box.intersects(clip.getMinX() - 0.5, clip.getMinY() - 0.5, clip.getWidth() + 1, clip.getHeight() + 1);
    }

    boolean isOnPicture(double x, double y) {
        return pictures.stream().anyMatch(box -> box.contains(x, y));
    }

    /** Whether a glyph of this colour, painted now, looks like what lies under it. */
    boolean looksLikeBackground(float[] colour, double x, double y) {
        if (colour == null || fills.size() > MOST_FILLS) {
            return false;
        }
        for (int i = fills.size() - 1; i >= 0; i--) {
            Fill fill = fills.get(i);
            if (fill.box().contains(x, y)) {
                return fill.exact() && fill.opaque() && fill.colour() != null && alike(fill.colour(), colour);
            }
        }
        return alike(new float[] {1, 1, 1}, colour);
    }

    /** Whether an opaque rectangle was painted over this place after the operation {@code since}. */
    boolean isCoveredSince(int since, double x, double y) {
        if (fills.size() > MOST_FILLS) {
            return false;
        }
        for (int i = fills.size() - 1; i >= 0 && fills.get(i).order() > since; i--) {
            Fill fill = fills.get(i);
            if (fill.exact() && fill.opaque() && fill.box().contains(x, y)) {
                return true;
            }
        }
        return false;
    }

    /** The largest share of the page that one picture covers, from 0 to 1. */
    double largestPicture() {
        double area = page.getWidth() * page.getHeight();
        return pictures.stream()
                .mapToDouble(box -> box.getWidth() * box.getHeight() / area)
                .max()
                .orElse(0);
    }

    /** How many times something other than text was painted. */
    int paintOperations() {
        return paintOperations;
    }

    private void rectangle(List<COSBase> operands, Matrix matrix) {
        float[] n = numbers(operands);
        if (n.length < 4) {
            return;
        }
        Rectangle2D box = new Rectangle2D.Double(
                Math.min(n[0], n[0] + n[2]), Math.min(n[1], n[1] + n[3]), Math.abs(n[2]), Math.abs(n[3]));
        Rectangle2D displayed = display(box, matrix);
        path = path == null ? displayed : path.createUnion(displayed);
        pathRectangles++;
    }

    private void point(List<COSBase> operands, int first, PDGraphicsState state) {
        float[] n = numbers(operands);
        if (n.length < first + 2) {
            return;
        }
        Point2D.Float displayed = state.getCurrentTransformationMatrix().transformPoint(n[first], n[first + 1]);
        toDisplay.transform(displayed, displayed);
        Rectangle2D dot = new Rectangle2D.Double(displayed.getX(), displayed.getY(), 0, 0);
        path = path == null ? dot : path.createUnion(dot);
        pathPoints++;
    }

    private void fill(PDGraphicsState state) {
        paintOperations++;
        if (path == null) {
            return;
        }
        Rectangle2D box = path.createIntersection(clip);
        if (box.getWidth() < LEAST_SIDE || box.getHeight() < LEAST_SIDE) {
            return;
        }
        boolean exact = pathRectangles == 1 && pathPoints == 0;
        boolean opaque = state.getNonStrokeAlphaConstant() > 0.99
                && state.getSoftMask() == null
                && state.getBlendMode() == BlendMode.NORMAL;
        fills.add(new Fill(order, box, exact, opaque, Colours.ofFill(state)));
    }

    private void endPath() {
        if (clipPending && path != null) {
            clip = clip.createIntersection(path);
        }
        clipPending = false;
        path = null;
        pathPoints = 0;
        pathRectangles = 0;
    }

    private Rectangle2D display(Rectangle2D box, Matrix matrix) {
        AffineTransform transform = new AffineTransform(toDisplay);
        transform.concatenate(matrix.createAffineTransform());
        return transform.createTransformedShape(box).getBounds2D();
    }

    private static boolean alike(float[] one, float[] other) {
        for (int i = 0; i < 3; i++) {
            if (Math.abs(one[i] - other[i]) > 0.03f) {
                return false;
            }
        }
        return true;
    }

    private static float[] numbers(List<COSBase> operands) {
        float[] values = new float[operands.size()];
        for (int i = 0; i < values.length; i++) {
            if (!(operands.get(i) instanceof COSNumber number)) {
                return new float[0];
            }
            values[i] = number.floatValue();
        }
        return values;
    }
}
