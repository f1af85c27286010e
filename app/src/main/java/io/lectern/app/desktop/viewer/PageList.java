package io.lectern.app.desktop.viewer;

import io.lectern.app.desktop.task.Background;
import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Page;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.collections.ListChangeListener;
import javafx.geometry.Orientation;
import javafx.scene.AccessibleRole;
import javafx.scene.control.ScrollBar;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;

/**
 * The pages of a document one below the other. Sizes of all pages are known beforehand, so every place has an exact
 * position, and only the pages in view have nodes.
 */
final class PageList extends Region implements AutoCloseable {
    private static final double GAP = 12;
    private static final double WIDEST_FIT = 1.5;
    private static final double LINE = 40;

    private final OpenDocument open;
    private final List<Page> pages;
    private final double widest;
    private final PagePictures pictures;
    private final ScrollBar vertical = new ScrollBar();
    private final ScrollBar horizontal = new ScrollBar();
    private final Map<Integer, PageNode> shown = new HashMap<>();
    private final List<PageNode> spare = new ArrayList<>();
    private double zoom = 1;
    private OpenDocument.Jump done;

    PageList(OpenDocument open, Background background) {
        this.open = open;
        this.pages = open.document().pages();
        this.widest = pages.stream().mapToDouble(Page::width).max().orElse(1);
        this.pictures = new PagePictures(open.pageFile(), background, page -> requestLayout());
        getStyleClass().add("page-list");
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.SCROLL_PANE);
        setAccessibleText("Pages of " + open.name());
        Rectangle clip = new Rectangle();
        clip.widthProperty().bind(widthProperty());
        clip.heightProperty().bind(heightProperty());
        setClip(clip);
        vertical.setOrientation(Orientation.VERTICAL);
        vertical.setAccessibleText("Scroll through the pages");
        horizontal.setAccessibleText("Scroll sideways");
        getChildren().addAll(vertical, horizontal);
        vertical.valueProperty().addListener((property, before, now) -> requestLayout());
        horizontal.valueProperty().addListener((property, before, now) -> requestLayout());
        open.zoomProperty().addListener((property, before, now) -> requestLayout());
        open.jumpProperty().addListener((property, before, now) -> requestLayout());
        open.highlights().addListener((ListChangeListener<Highlight>) change -> requestLayout());
        addEventHandler(ScrollEvent.SCROLL, this::scroll);
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_PRESSED, event -> requestFocus());
    }

    /** Whether everything in view is drawn. */
    boolean isDrawn() {
        return !shown.isEmpty() && pictures.isIdle();
    }

    /** Lets go of all pictures while another document is in front. */
    void rest() {
        pictures.forget();
    }

    @Override
    public void close() {
        pictures.close();
    }

    @Override
    protected void layoutChildren() {
        double width = getWidth();
        double height = getHeight();
        if (width <= 0 || height <= 0) {
            return;
        }
        double barWidth = vertical.prefWidth(-1);
        double viewWidth = width - barWidth;
        applyZoom(viewWidth);
        boolean sideways = widest * zoom + 2 * GAP > viewWidth + 1;
        double barHeight = sideways ? horizontal.prefHeight(-1) : 0;
        double viewHeight = height - barHeight;
        setRange(vertical, contentHeight(), viewHeight);
        setRange(horizontal, widest * zoom + 2 * GAP, viewWidth);
        horizontal.setVisible(sideways);
        vertical.resizeRelocate(viewWidth, 0, barWidth, viewHeight);
        horizontal.resizeRelocate(0, viewHeight, viewWidth, barHeight);
        jumpIfWished(viewWidth, viewHeight);
        showPages(viewWidth, viewHeight);
    }

    /** Keeps the place at the top of the view where it is while sizes change. */
    private void applyZoom(double viewWidth) {
        double wished = open.zoomProperty().get();
        double next =
                wished == OpenDocument.FIT_WIDTH ? Math.clamp((viewWidth - 2 * GAP) / widest, 0.3, WIDEST_FIT) : wished;
        if (next != zoom) {
            int index = pageAt(vertical.getValue());
            double within = (vertical.getValue() - top(index)) / zoom;
            zoom = next;
            vertical.setMax(Math.max(vertical.getMax(), contentHeight()));
            vertical.setValue(top(index) + within * zoom);
        }
        open.shownZoomProperty().set(zoom);
    }

    private static void setRange(ScrollBar bar, double content, double view) {
        double most = Math.max(0, content - view);
        bar.setMax(most);
        bar.setVisibleAmount(content <= 0 ? 0 : most * Math.min(1, view / content));
        bar.setUnitIncrement(LINE);
        bar.setBlockIncrement(view * 0.9);
        bar.setValue(Math.clamp(bar.getValue(), 0, most));
    }

    private void jumpIfWished(double viewWidth, double viewHeight) {
        OpenDocument.Jump jump = open.jumpProperty().get();
        if (jump == null || jump == done) {
            return;
        }
        done = jump;
        if (!(jump.locator() instanceof Locator.Pages places)) {
            return;
        }
        Locator.PageArea area = places.areas().getFirst();
        int index = area.page() - 1;
        if (index < 0 || index >= pages.size()) {
            return;
        }
        double y = top(index);
        if (!area.boxes().isEmpty()) {
            Box box = area.boxes().stream().reduce(Box::union).orElseThrow();
            // A third from the top, where the eye rests, with some of the text before it.
            y += box.y() * zoom - viewHeight / 3;
            double left = pageLeft(index, viewWidth) + box.x() * zoom;
            if (left < 0 || left + box.width() * zoom > viewWidth) {
                horizontal.setValue(Math.clamp(horizontal.getValue() + left - GAP, 0, horizontal.getMax()));
            }
        } else {
            y -= GAP / 2;
        }
        vertical.setValue(Math.clamp(y, 0, vertical.getMax()));
    }

    private void showPages(double viewWidth, double viewHeight) {
        double from = vertical.getValue();
        int first = pageAt(from);
        int last = first;
        while (last + 1 < pages.size() && top(last + 1) < from + viewHeight) {
            last++;
        }
        for (var entry = shown.entrySet().iterator(); entry.hasNext(); ) {
            Map.Entry<Integer, PageNode> next = entry.next();
            if (next.getKey() < first || next.getKey() > last) {
                next.getValue().setVisible(false);
                spare.add(next.getValue());
                entry.remove();
            }
        }
        double scale = zoom * pixelsPerUnit();
        List<Integer> wanted = new ArrayList<>();
        for (int index = first; index <= last; index++) {
            wanted.add(index + 1);
        }
        addIfThere(wanted, last + 1);
        addIfThere(wanted, first - 1);
        pictures.want(wanted, scale);
        for (int index = first; index <= last; index++) {
            PageNode node = shown.computeIfAbsent(index, i -> takeNode());
            Page page = pages.get(index);
            node.resizeRelocate(
                    snapPositionX(pageLeft(index, viewWidth)),
                    snapPositionY(top(index) - from),
                    snapSizeX(page.width() * zoom),
                    snapSizeY(page.height() * zoom));
            node.show(page, zoom, pictures, scale, open.highlights());
        }
        int middle = pageAt(from + viewHeight / 3);
        open.pageProperty().set(middle + 1);
    }

    private void addIfThere(List<Integer> wanted, int index) {
        if (index >= 0 && index < pages.size()) {
            wanted.add(index + 1);
        }
    }

    private PageNode takeNode() {
        if (!spare.isEmpty()) {
            PageNode node = spare.removeLast();
            node.setVisible(true);
            return node;
        }
        PageNode node = new PageNode();
        getChildren().addFirst(node);
        return node;
    }

    private double pixelsPerUnit() {
        return getScene() == null || getScene().getWindow() == null
                ? 1
                : getScene().getWindow().getRenderScaleX();
    }

    private double pageLeft(int index, double viewWidth) {
        double content = widest * zoom + 2 * GAP;
        double area = Math.max(viewWidth, content);
        return (area - pages.get(index).width() * zoom) / 2 - horizontal.getValue();
    }

    /** Where a page begins, in screen units from the top of the first; positions of all pages are sums of heights. */
    private double top(int index) {
        return GAP + heights()[index] * zoom + index * GAP;
    }

    private double contentHeight() {
        return GAP + heights()[pages.size()] * zoom + pages.size() * GAP;
    }

    private double[] sums;

    private double[] heights() {
        if (sums == null) {
            sums = new double[pages.size() + 1];
            for (int i = 0; i < pages.size(); i++) {
                sums[i + 1] = sums[i] + pages.get(i).height();
            }
        }
        return sums;
    }

    /** The page at a position, counted from 0. */
    private int pageAt(double y) {
        int low = 0;
        int high = pages.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (top(middle) <= y) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.max(0, low - 1);
    }

    private void scroll(ScrollEvent event) {
        if (event.isShortcutDown()) {
            if (event.getDeltaY() > 0) {
                open.zoomIn();
            } else if (event.getDeltaY() < 0) {
                open.zoomOut();
            }
        } else {
            move(vertical, -event.getDeltaY());
            move(horizontal, -event.getDeltaX());
        }
        event.consume();
    }

    private void press(KeyEvent event) {
        double view = getHeight();
        switch (event.getCode()) {
            case PAGE_DOWN, SPACE -> move(vertical, view * 0.9);
            case PAGE_UP -> move(vertical, -view * 0.9);
            case DOWN -> move(vertical, LINE);
            case UP -> move(vertical, -LINE);
            case RIGHT -> move(horizontal, LINE);
            case LEFT -> move(horizontal, -LINE);
            case HOME -> vertical.setValue(0);
            case END -> vertical.setValue(vertical.getMax());
            default -> {
                return;
            }
        }
        event.consume();
    }

    private static void move(ScrollBar bar, double distance) {
        bar.setValue(Math.clamp(bar.getValue() + distance, 0, bar.getMax()));
    }
}
