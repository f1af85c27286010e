package io.lectern.app.desktop.viewer;

import io.lectern.app.desktop.task.Background;
import io.lectern.ingest.extract.pdf.PdfPages;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import javafx.scene.image.Image;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures of a document's pages, drawn in the background. The latest wish wins: {@link #want} takes the place of every
 * wish before, so that pages scrolled past are never drawn. Kept within a bound; what was used longest ago goes first.
 */
final class PagePictures implements AutoCloseable {
    /** About a dozen pages of A4 at 150% on a screen with two pixels a point. */
    static final long MOST_BYTES = 160L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PagePictures.class);

    private record Key(int page, int thousandthsOfScale) {}

    private final Path file;
    private final Background background;
    private final IntConsumer onPainted;

    private final Map<Key, Image> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Integer> unpaintable = new HashSet<>();
    private List<Key> wishes = List.of();
    private long bytes;
    private boolean painting;
    private boolean closed;
    private PdfPages document;

    /**
     * @param file the PDF; opened at the first wish, on the drawing thread
     * @param onPainted hears, on the JavaFX thread, which page has a new picture or cannot have one
     */
    PagePictures(Path file, Background background, IntConsumer onPainted) {
        this.file = file;
        this.background = background;
        this.onPainted = onPainted;
    }

    /**
     * Asks for pictures, the most urgent first, and forgets all earlier wishes.
     *
     * @param pages counted from 1
     * @param scale pixels a point
     */
    synchronized void want(List<Integer> pages, double scale) {
        wishes = pages.stream().map(page -> key(page, scale)).toList();
        if (!painting && !closed && nextWish() != null) {
            painting = true;
            background.run(this::paintWishes, failure -> LOG.error("drawing pages ended", failure));
        }
    }

    /** The picture of a page at exactly this scale, or null while it is not drawn. */
    synchronized Image at(int page, double scale) {
        return kept.get(key(page, scale));
    }

    /** Any picture of the page, to show while the right one is drawn; null if there is none. */
    synchronized Image anyOf(int page) {
        return kept.entrySet().stream()
                .filter(entry -> entry.getKey().page() == page)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Whether drawing the page was tried in vain. */
    synchronized boolean isUnpaintable(int page) {
        return unpaintable.contains(page);
    }

    /** Whether all wishes are fulfilled. */
    synchronized boolean isIdle() {
        return !painting && nextWish() == null;
    }

    /** Forgets wishes and pictures, so that only the document in front holds any; a new wish begins again. */
    synchronized void forget() {
        wishes = List.of();
        kept.clear();
        bytes = 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        forget();
        if (!painting) {
            closeDocument();
        }
    }

    private void paintWishes() {
        for (Key wish = takeWish(); wish != null; wish = takeWish()) {
            int page = wish.page();
            try {
                keep(wish, paint(wish));
            } catch (IOException | RuntimeException | OutOfMemoryError failure) {
                LOG.warn("page {} cannot be drawn: {}", page, failure.getClass().getName());
                giveUp(page);
            }
            background.paint(() -> onPainted.accept(page));
        }
    }

    private synchronized Key takeWish() {
        Key wish = closed ? null : nextWish();
        if (wish == null) {
            painting = false;
            if (closed) {
                closeDocument();
            }
        }
        return wish;
    }

    private Key nextWish() {
        return wishes.stream()
                .filter(wish -> !kept.containsKey(wish) && !unpaintable.contains(wish.page()))
                .findFirst()
                .orElse(null);
    }

    private Image paint(Key wish) throws IOException {
        if (document == null) {
            document = PdfPages.open(file);
        }
        BufferedImage drawn = document.render(wish.page(), wish.thousandthsOfScale() / 1000f);
        BufferedImage picture = new BufferedImage(drawn.getWidth(), drawn.getHeight(), BufferedImage.TYPE_INT_ARGB_PRE);
        Graphics2D graphics = picture.createGraphics();
        graphics.drawImage(drawn, 0, 0, null);
        graphics.dispose();
        // The pixels are shared with the image, not copied once more on the thread that paints.
        int[] pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
        return new WritableImage(new PixelBuffer<>(
                picture.getWidth(), picture.getHeight(), IntBuffer.wrap(pixels), PixelFormat.getIntArgbPreInstance()));
    }

    private synchronized void keep(Key key, Image picture) {
        if (closed || !wishes.contains(key)) {
            return; // nobody wants it any more
        }
        kept.put(key, picture);
        bytes += sizeOf(picture);
        var oldest = kept.entrySet().iterator();
        while (bytes > MOST_BYTES && oldest.hasNext()) {
            Map.Entry<Key, Image> entry = oldest.next();
            if (!wishes.contains(entry.getKey())) {
                bytes -= sizeOf(entry.getValue());
                oldest.remove();
            }
        }
    }

    private synchronized void giveUp(int page) {
        unpaintable.add(page);
    }

    private void closeDocument() {
        try {
            if (document != null) {
                document.close();
            }
        } catch (IOException e) {
            LOG.warn(
                    "a document that was only read cannot be closed: {}",
                    e.getClass().getName());
        } finally {
            document = null;
        }
    }

    private static long sizeOf(Image picture) {
        return (long) picture.getWidth() * (long) picture.getHeight() * Integer.BYTES;
    }

    private static Key key(int page, double scale) {
        return new Key(page, (int) Math.round(scale * 1000));
    }
}
