package io.lectern.app.desktop.viewer;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** A document that is open in the viewer: what is shown of it, how large, and what is marked on it. */
public final class OpenDocument {
    /** The value of {@link #zoomProperty()} that means: as wide as the window allows. */
    public static final double FIT_WIDTH = 0;

    private static final double[] ZOOM_STEPS = {0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4};

    private final String name;
    private final Document document;
    private final Path pageFile;
    private final String note;
    private final TextRows rows;
    private final IntegerProperty page = new SimpleIntegerProperty(this, "page", 1);
    private final DoubleProperty zoom = new SimpleDoubleProperty(this, "zoom", FIT_WIDTH);
    private final DoubleProperty shownZoom = new SimpleDoubleProperty(this, "shownZoom", 1);
    private final ObservableList<Highlight> highlights = FXCollections.observableArrayList();
    private final ReadOnlyObjectWrapper<Jump> jump = new ReadOnlyObjectWrapper<>(this, "jump");

    /** A wish to see a place; each is a new one, also when it is the same place again. */
    public static final class Jump {
        private final Span span;
        private final Locator locator;

        private Jump(Span span, Locator locator) {
            this.span = span;
            this.locator = locator;
        }

        /** Where it stands in the document's text. */
        public Span span() {
            return span;
        }

        /** Where it stands in the source. */
        public Locator locator() {
            return locator;
        }
    }

    /**
     * Prepares a document for showing; to be called off the JavaFX thread, for cutting a long text into rows takes time.
     *
     * @param name as in the library
     * @param pageFile the PDF to draw pages from; null for formats without fixed pages, and where the file can no longer be
     *     drawn from
     * @param note what to say about the document, such as why no pages are drawn; empty for nothing
     */
    public OpenDocument(String name, Document document, Path pageFile, String note) {
        this.name = name;
        this.document = document;
        this.pageFile = pageFile;
        this.note = note;
        this.rows = hasPages() ? null : TextRows.of(document);
    }

    public DocumentId id() {
        return document.id();
    }

    public String name() {
        return name;
    }

    public Document document() {
        return document;
    }

    /** Whether it is shown as pages; otherwise it is shown as text. */
    public boolean hasPages() {
        return pageFile != null && !document.pages().isEmpty();
    }

    /** What to say about the document; empty for nothing. */
    public String note() {
        return note;
    }

    Path pageFile() {
        return pageFile;
    }

    /** The rows of a document that is shown as text; null for one shown as pages. */
    TextRows rows() {
        return rows;
    }

    /** The page in view, counted from 1; setting it does not scroll, {@link #goToPage} does. */
    public IntegerProperty pageProperty() {
        return page;
    }

    /** Screen units a point, or {@link #FIT_WIDTH}. */
    public DoubleProperty zoomProperty() {
        return zoom;
    }

    /** Screen units a point that are really in use; never {@link #FIT_WIDTH}. */
    public DoubleProperty shownZoomProperty() {
        return shownZoom;
    }

    /** What is painted over the text, the last one on top. */
    public ObservableList<Highlight> highlights() {
        return highlights;
    }

    /** The latest wish to see a place. */
    public ReadOnlyObjectProperty<Jump> jumpProperty() {
        return jump.getReadOnlyProperty();
    }

    /** Brings a place into view. */
    public void goTo(Span span, Locator locator) {
        jump.set(new Jump(span, locator));
    }

    /** Brings the top of a page into view; numbers beyond the ends mean the first and the last page. */
    public void goToPage(int number) {
        int within = Math.clamp(number, 1, document.pages().size());
        goTo(
                document.pages().get(within - 1).span(),
                new Locator.Pages(List.of(new Locator.PageArea(within, List.of()))));
    }

    /** The next larger step. */
    public void zoomIn() {
        for (double step : ZOOM_STEPS) {
            if (step > shownZoom.get() * 1.02) {
                zoom.set(step);
                return;
            }
        }
    }

    /** The next smaller step. */
    public void zoomOut() {
        for (int i = ZOOM_STEPS.length - 1; i >= 0; i--) {
            if (ZOOM_STEPS[i] < shownZoom.get() * 0.98) {
                zoom.set(ZOOM_STEPS[i]);
                return;
            }
        }
    }

    /**
     * The places of words in the text, upper and lower case alike.
     *
     * @param words at least one character
     * @param most how many are wanted at most
     */
    public List<Span> find(String words, int most) {
        String text = document.text().toLowerCase(Locale.ROOT);
        String wanted = words.toLowerCase(Locale.ROOT);
        List<Span> found = new ArrayList<>();
        // Lower case can change the length of a text in rare scripts; offsets would then lie.
        if (text.length() != document.text().length()) {
            text = document.text();
            wanted = words;
        }
        for (int at = text.indexOf(wanted); at >= 0 && found.size() < most; at = text.indexOf(wanted, at + 1)) {
            found.add(new Span(at, at + wanted.length()));
        }
        return found;
    }
}
