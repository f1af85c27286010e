package io.lectern.app.desktop.viewer;

import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Page;
import java.util.List;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Label;
import javafx.scene.effect.BlendMode;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;

/** One page: its picture and the highlights over it, multiplied so that the print stays crisp. */
final class PageNode extends Region {
    private static final double MARGIN = 1;

    private final ImageView picture = new ImageView();
    private final Pane overlay = new Pane();
    private final Label trouble = new Label();
    private List<Highlight> painted = List.of();
    private int paintedPage;
    private double paintedZoom;
    private double pixelsPerUnit = 1;
    private boolean exact;

    PageNode() {
        getStyleClass().add("page");
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setManaged(false);
        overlay.setMouseTransparent(true);
        overlay.setBlendMode(BlendMode.MULTIPLY);
        trouble.getStyleClass().add("page-trouble");
        trouble.setVisible(false);
        picture.setSmooth(true);
        getChildren().addAll(picture, overlay, trouble);
    }

    /** Shows a page; cheap when nothing changed. */
    void show(Page page, double zoom, PagePictures pictures, double scale, List<Highlight> highlights) {
        setAccessibleText("Page " + page.number());
        Image right = pictures.at(page.number(), scale);
        exact = right != null;
        pixelsPerUnit = scale / zoom;
        picture.setImage(right != null ? right : pictures.anyOf(page.number()));
        boolean unpaintable = right == null && pictures.isUnpaintable(page.number());
        trouble.setVisible(unpaintable);
        trouble.setText(unpaintable ? "Page " + page.number() + " cannot be drawn. Its text was read." : "");
        if (paintedPage != page.number() || paintedZoom != zoom || !painted.equals(highlights)) {
            paintedPage = page.number();
            paintedZoom = zoom;
            painted = List.copyOf(highlights);
            overlay.getChildren()
                    .setAll(painted.stream()
                            .flatMap(highlight -> rectangles(highlight).stream())
                            .toList());
        }
        requestLayout();
    }

    private List<Rectangle> rectangles(Highlight highlight) {
        if (!(highlight.locator() instanceof Locator.Pages places)) {
            return List.of();
        }
        return places.areas().stream()
                .filter(area -> area.page() == paintedPage)
                .flatMap(area -> area.boxes().stream())
                .map(box -> rectangle(box, highlight.kind()))
                .toList();
    }

    private Rectangle rectangle(Box box, Highlight.Kind kind) {
        Rectangle rectangle = new Rectangle(
                box.x() * paintedZoom - MARGIN,
                box.y() * paintedZoom - MARGIN,
                box.width() * paintedZoom + 2 * MARGIN,
                box.height() * paintedZoom + 2 * MARGIN);
        rectangle.setArcWidth(3);
        rectangle.setArcHeight(3);
        rectangle.getStyleClass().addAll("highlight", kind.styleClass());
        return rectangle;
    }

    @Override
    protected void layoutChildren() {
        // A picture of the right scale is shown pixel by pixel: fitted into the page by a fraction it would blur.
        Image shown = picture.getImage();
        picture.setFitWidth(exact ? shown.getWidth() / pixelsPerUnit : getWidth());
        picture.setFitHeight(exact ? shown.getHeight() / pixelsPerUnit : getHeight());
        overlay.resizeRelocate(0, 0, getWidth(), getHeight());
        double width = Math.min(getWidth(), trouble.prefWidth(-1));
        trouble.resizeRelocate((getWidth() - width) / 2, getHeight() / 3, width, trouble.prefHeight(width));
    }
}
