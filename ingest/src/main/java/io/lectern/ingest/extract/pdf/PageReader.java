package io.lectern.ingest.extract.pdf;

import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pdfbox.contentstream.operator.Operator;
import org.apache.pdfbox.contentstream.operator.color.SetNonStrokingColor;
import org.apache.pdfbox.contentstream.operator.color.SetNonStrokingColorN;
import org.apache.pdfbox.contentstream.operator.color.SetNonStrokingColorSpace;
import org.apache.pdfbox.contentstream.operator.color.SetNonStrokingDeviceCMYKColor;
import org.apache.pdfbox.contentstream.operator.color.SetNonStrokingDeviceGrayColor;
import org.apache.pdfbox.contentstream.operator.color.SetNonStrokingDeviceRGBColor;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDSimpleFont;
import org.apache.pdfbox.pdmodel.font.encoding.GlyphList;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.pdmodel.graphics.form.PDTransparencyGroup;
import org.apache.pdfbox.pdmodel.graphics.state.PDGraphicsState;
import org.apache.pdfbox.pdmodel.graphics.state.RenderingMode;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotation;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.apache.pdfbox.util.Matrix;
import org.apache.pdfbox.util.Vector;

/**
 * Reads the glyphs of pages, one page after another, in the order of PDFBox's {@link PDFTextStripper}: that of the
 * content stream, by article threads where there are any, letters drawn twice for boldness taken once, accents drawn
 * apart joined to their letters, replacement texts honoured. What a page shows through annotations (form fields, free
 * text, stamps) comes after its content. For one thread.
 */
final class PageReader extends PDFTextStripper {
    private static final char REPLACEMENT = '\uFFFD';
    /** Smaller letters are seen by nobody: a twentieth of the size of fine print. */
    private static final float LEAST_SIZE = 1;
    /** Every operator of ISO 32000-2, Annex A; anything else in a content stream is damage. */
    private static final Set<String> OPERATORS = Set.of(
            ("b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP "
                            + "n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"")
                    .split(" "));

    private static final Set<String> TEXT_OPERATORS = Set.of("Tj", "TJ", "'", "\"", "Tf", "Do");
    private static final GlyphList GLYPHS = glyphList();

    private final Map<PDFont, FontCell> cells = new IdentityHashMap<>();

    private PageGeometry geometry;
    private PaintedAreas painted;
    private final Map<TextPosition, Drawn> drawn = new IdentityHashMap<>();
    private Drawn inHand;
    private List<Glyph> glyphs;
    private int recognised;
    private int troubles;
    private int compatibility;

    /** A glyph as it was drawn, before later paint is known. */
    private record Drawn(Glyph glyph, int order, float x, float y) {}

    PageReader() {
        addOperator(new SetNonStrokingColor(this));
        addOperator(new SetNonStrokingColorN(this));
        addOperator(new SetNonStrokingColorSpace(this));
        addOperator(new SetNonStrokingDeviceCMYKColor(this));
        addOperator(new SetNonStrokingDeviceGrayColor(this));
        addOperator(new SetNonStrokingDeviceRGBColor(this));
    }

    /**
     * What was found on a page.
     *
     * @param geometry how it is displayed
     * @param glyphs in reading order
     * @param recognised how many belong to the invisible text over a scanned picture
     * @param troubles how many operations could not be made sense of
     * @param largestPicture share of the page that its largest picture covers, from 0 to 1
     * @param paintOperations how many times something other than text was painted
     * @param failure what ended the reading of the page early; null if nothing did
     */
    record PageContent(
            PageGeometry geometry,
            List<Glyph> glyphs,
            int recognised,
            int troubles,
            double largestPicture,
            int paintOperations,
            Throwable failure) {}

    /** Reads a page. What goes wrong in it is told in the result, with what was read until then. */
    PageContent read(PDPage page) {
        geometry = PageGeometry.of(page);
        painted = new PaintedAreas(geometry);
        drawn.clear();
        glyphs = new ArrayList<>();
        recognised = 0;
        troubles = 0;
        compatibility = 0;
        Throwable failure = null;
        try {
            processPage(page);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            failure = e;
            collect();
        }
        return new PageContent(
                geometry, glyphs, recognised, troubles, painted.largestPicture(), painted.paintOperations(), failure);
    }

    @Override
    protected void writePage() throws IOException {
        for (PDAnnotation annotation : getCurrentPage().getAnnotations()) {
            String kind = annotation.getSubtype();
            boolean shownAsText = "Widget".equals(kind) || "FreeText".equals(kind) || "Stamp".equals(kind);
            if (shownAsText && !annotation.isHidden() && !annotation.isNoView()) {
                showAnnotation(annotation);
            }
        }
        collect();
    }

    private void collect() {
        for (List<TextPosition> article : getCharactersByArticle()) {
            for (TextPosition position : article) {
                Drawn glyph = drawn.get(position);
                if (glyph != null) {
                    glyphs.add(finished(glyph, position.getUnicode()));
                }
            }
        }
        drawn.clear();
    }

    private Glyph finished(Drawn drawnGlyph, String unicode) {
        Glyph g = drawnGlyph.glyph();
        Hidden hidden = g.hidden();
        if (hidden == Hidden.INVISIBLE_MODE && painted.isOnPicture(drawnGlyph.x(), drawnGlyph.y())) {
            hidden = null;
            recognised++;
        } else if (hidden == null && painted.isCoveredSince(drawnGlyph.order(), drawnGlyph.x(), drawnGlyph.y())) {
            hidden = Hidden.COVERED;
        }
        return new Glyph(
                Characters.readable(unicode),
                g.direction(),
                g.start(),
                g.end(),
                g.top(),
                g.bottom(),
                g.baseline(),
                g.size(),
                g.spaceWidth(),
                Characters.isBlank(unicode) ? null : hidden);
    }

    @Override
    protected void processTextPosition(TextPosition position) {
        drawn.put(position, inHand);
        super.processTextPosition(position);
    }

    @Override
    protected void showGlyph(Matrix textToPage, PDFont font, int code, Vector displacement) throws IOException {
        String unicode = unicode(font, code);
        if (unicode.isEmpty()) {
            return;
        }
        PDGraphicsState state = getGraphicsState();
        FontCell cell = cells.computeIfAbsent(font, FontCell::of);
        boolean verticalFont = font.isVertical();
        float width = verticalFont ? font.getWidth(code) / 1000 : displacement.getX();
        Point2D.Float[] corners = {
            onPage(textToPage, 0, cell.descent()),
            onPage(textToPage, width, cell.descent()),
            onPage(textToPage, width, cell.ascent()),
            onPage(textToPage, 0, cell.ascent())
        };
        Point2D.Float origin = onPage(textToPage, 0, 0);
        Point2D.Float ahead = verticalFont ? onPage(textToPage, 0, -1) : onPage(textToPage, 1, 0);
        Direction direction = Direction.of(ahead.x - origin.x, ahead.y - origin.y);
        float size = (float) onPage(textToPage, 0, 1).distance(origin);
        float start = Float.POSITIVE_INFINITY;
        float end = Float.NEGATIVE_INFINITY;
        float top = Float.POSITIVE_INFINITY;
        float bottom = Float.NEGATIVE_INFINITY;
        for (Point2D.Float corner : corners) {
            start = Math.min(start, direction.along(corner.x, corner.y));
            end = Math.max(end, direction.along(corner.x, corner.y));
            top = Math.min(top, direction.across(corner.x, corner.y));
            bottom = Math.max(bottom, direction.across(corner.x, corner.y));
        }
        float baseline = verticalFont ? (top + bottom) / 2 : direction.across(origin.x, origin.y);
        float x = (corners[0].x + corners[2].x) / 2;
        float y = (corners[0].y + corners[2].y) / 2;
        Rectangle2D box = new Rectangle2D.Float();
        box.setFrameFromDiagonal(corners[0], corners[2]);
        float spaceWidth = cell.spaceWidth() * (float) ahead.distance(origin);
        Glyph glyph = new Glyph(
                unicode, direction, start, end, top, bottom, baseline, size, spaceWidth, hidden(state, size, box));
        inHand = new Drawn(glyph, painted.order(), x, y);
        processTextPosition(position(textToPage, font, code, width, unicode));
    }

    /** The same glyph in the form that PDFBox's rules for accents, doubled letters and article threads want. */
    private TextPosition position(Matrix textToPage, PDFont font, int code, float width, String unicode) {
        PDPage page = getCurrentPage();
        float left = page.getCropBox().getLowerLeftX();
        float bottom = page.getCropBox().getLowerLeftY();
        Matrix cropped = Matrix.concatenate(Matrix.getTranslateInstance(-left, -bottom), textToPage);
        Point2D.Float next = cropped.transformPoint(width, 0);
        float fontSize = getGraphicsState().getTextState().getFontSize();
        FontCell cell = cells.get(font);
        return new TextPosition(
                page.getRotation(),
                page.getCropBox().getWidth(),
                page.getCropBox().getHeight(),
                cropped,
                next.x,
                next.y,
                Math.abs(cell.ascent() * textToPage.getScalingFactorY()),
                next.x - cropped.getTranslateX(),
                Math.abs(cell.spaceWidth() * textToPage.getScalingFactorX()),
                unicode,
                new int[] {code},
                font,
                fontSize,
                (int) (fontSize * getTextMatrix().getScalingFactorX()));
    }

    /**
     * The characters of a code. Where the file gives none, a simple font's code within ASCII is taken at its word, as
     * other readers do, and every other stays unknown.
     */
    private String unicode(PDFont font, int code) throws IOException {
        String unicode = font.toUnicode(code, GLYPHS);
        if (unicode == null && font instanceof PDSimpleFont && code >= ' ' && code <= '~') {
            return Character.toString(code);
        }
        if (unicode == null) {
            return Character.toString(REPLACEMENT);
        }
        return Characters.withoutControls(unicode);
    }

    private Hidden hidden(PDGraphicsState state, float size, Rectangle2D box) {
        double x = box.getCenterX();
        double y = box.getCenterY();
        RenderingMode mode = state.getTextState().getRenderingMode();
        if (mode == RenderingMode.NEITHER || mode == RenderingMode.NEITHER_CLIP) {
            return Hidden.INVISIBLE_MODE;
        }
        if (painted.isOutsidePage(box)) {
            return Hidden.OUTSIDE_PAGE;
        }
        if (painted.isClipped(box)) {
            return Hidden.CLIPPED;
        }
        if (size < LEAST_SIZE) {
            return Hidden.TOO_SMALL;
        }
        if (mode == RenderingMode.FILL) {
            if (state.getNonStrokeAlphaConstant() < 0.01) {
                return Hidden.TRANSPARENT;
            }
            if (painted.looksLikeBackground(Colours.ofFill(state), x, y)) {
                return Hidden.COLOUR_OF_BACKGROUND;
            }
        }
        return null;
    }

    private Point2D.Float onPage(Matrix textToPage, float x, float y) {
        return geometry.display(textToPage.transformPoint(x, y));
    }

    @Override
    protected void processOperator(Operator operator, List<COSBase> operands) throws IOException {
        String name = operator.getName();
        painted.observe(name, operands, getGraphicsState());
        if (name.equals("Do") && !operands.isEmpty() && operands.getFirst() instanceof COSName object) {
            if (getResources() != null && getResources().isImageXObject(object)) {
                painted.picture(getGraphicsState().getCurrentTransformationMatrix());
            }
        } else if (name.equals("BX")) {
            compatibility++;
        } else if (name.equals("EX")) {
            compatibility--;
        }
        super.processOperator(operator, operands);
    }

    @Override
    protected void unsupportedOperator(Operator operator, List<COSBase> operands) {
        if (compatibility <= 0 && !OPERATORS.contains(operator.getName())) {
            troubles++;
        }
    }

    /** One operation that fails costs its own text, not the rest of the page. */
    @Override
    protected void operatorException(Operator operator, List<COSBase> operands, IOException exception) {
        if (TEXT_OPERATORS.contains(operator.getName())) {
            troubles++;
        }
    }

    @Override
    public void saveGraphicsState() {
        super.saveGraphicsState();
        painted.save();
    }

    @Override
    public void restoreGraphicsState() {
        super.restoreGraphicsState();
        painted.restore();
    }

    @Override
    public void showForm(PDFormXObject form) throws IOException {
        Rectangle2D before = enter(form);
        super.showForm(form);
        painted.leave(before);
    }

    @Override
    public void showTransparencyGroup(PDTransparencyGroup form) throws IOException {
        Rectangle2D before = enter(form);
        super.showTransparencyGroup(form);
        painted.leave(before);
    }

    private Rectangle2D enter(PDFormXObject form) {
        Matrix matrix = Matrix.concatenate(getGraphicsState().getCurrentTransformationMatrix(), form.getMatrix());
        Rectangle2D box = form.getBBox() == null
                ? new Rectangle2D.Float(-1e6f, -1e6f, 2e6f, 2e6f)
                : form.getBBox().toGeneralPath().getBounds2D();
        return painted.enter(box, matrix);
    }

    /** Adobe's names of glyphs and those that PDFBox adds for text extraction. */
    private static GlyphList glyphList() {
        String additional = "/org/apache/pdfbox/resources/glyphlist/additional.txt";
        try (InputStream in = GlyphList.class.getResourceAsStream(additional)) {
            return new GlyphList(GlyphList.getAdobeGlyphList(), in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
