package io.lectern.app.desktop.viewer;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Passage;
import io.lectern.app.desktop.task.Background;
import io.lectern.app.desktop.task.Problem;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Span;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The open documents, which one is in front, and the citations to walk through. */
public final class ViewerViewModel {
    private static final int MOST_FOUND = 1_000;

    /** Where open documents come from. */
    @FunctionalInterface
    public interface Source {
        /** Reads a document of the matter; blocking. */
        OpenDocument open(DocumentId id, String name);
    }

    private final Source source;
    private final Background background;
    private final ObservableList<OpenDocument> tabs = FXCollections.observableArrayList();
    private final ObjectProperty<OpenDocument> current = new SimpleObjectProperty<>(this, "current");
    private final ObservableList<Citation> citations = FXCollections.observableArrayList();
    private final ReadOnlyObjectWrapper<Citation> active = new ReadOnlyObjectWrapper<>(this, "active");
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper(this, "problem", "");
    private DocumentId wanted;

    private String searched = "";
    private List<Span> found = List.of();
    private int foundAt;
    private final ReadOnlyStringWrapper findStatus = new ReadOnlyStringWrapper(this, "findStatus", "");

    public ViewerViewModel(Source source, Background background) {
        this.source = source;
        this.background = background;
        current.addListener((property, before, now) -> {
            clearSearch(before);
            paint();
        });
    }

    public ObservableList<OpenDocument> tabs() {
        return tabs;
    }

    public ObjectProperty<OpenDocument> currentProperty() {
        return current;
    }

    /** The citations of the current answer that have a place in a document, in order. */
    public ObservableList<Citation> citations() {
        return citations;
    }

    /** The citation in hand; null if none. */
    public ReadOnlyObjectProperty<Citation> activeProperty() {
        return active.getReadOnlyProperty();
    }

    /** Why the document that was last asked for cannot be shown; empty if it can. */
    public ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** How many places find found; empty while nothing is searched. */
    public ReadOnlyStringProperty findStatusProperty() {
        return findStatus.getReadOnlyProperty();
    }

    /** Opens a document, or brings it to the front. */
    public void open(DocumentId id, String name) {
        open(id, name, document -> {});
    }

    /** Takes an answer's citations as those to paint and walk through; null for none. */
    public void show(Answer answer) {
        List<Citation> shown = answer == null
                ? List.of()
                : answer.citations().stream().filter(Citation::isShown).toList();
        if (!citations.equals(shown)) {
            citations.setAll(shown);
            active.set(null);
            paint();
        }
    }

    /** Opens a citation's document with the passage in view. */
    public void activate(Citation citation) {
        Passage passage = Objects.requireNonNull(citation.passage(), "a citation without a passage has no place");
        active.set(citation);
        paint();
        open(passage.documentId(), passage.documentName(), document -> {
            paint();
            document.goTo(passage.span(), passage.locator());
        });
    }

    /** The citation after the one in hand; the first after the last. */
    public void next() {
        step(1);
    }

    /** The citation before the one in hand; the last before the first. */
    public void previous() {
        step(-1);
    }

    public void close(OpenDocument document) {
        int index = tabs.indexOf(document);
        tabs.remove(document);
        if (current.get() == document) {
            current.set(tabs.isEmpty() ? null : tabs.get(Math.min(index, tabs.size() - 1)));
        }
    }

    /** Closes documents that are no longer in the matter. */
    public void closeAllBut(java.util.Set<DocumentId> ids) {
        List.copyOf(tabs).stream().filter(tab -> !ids.contains(tab.id())).forEach(this::close);
    }

    /** Looks for words in the document in front and goes to the first place, or on to the next for the same words. */
    public void find(String words) {
        OpenDocument document = current.get();
        if (document == null || words.isEmpty()) {
            clearSearch(document);
            return;
        }
        if (words.equals(searched) && !found.isEmpty()) {
            foundAt = (foundAt + 1) % found.size();
            goToFound(document);
            return;
        }
        searched = words;
        background.run(
                () -> document.find(words, MOST_FOUND),
                places -> {
                    if (words.equals(searched) && document == current.get()) {
                        found = places;
                        foundAt = 0;
                        paint();
                        goToFound(document);
                    }
                },
                failure -> problem.set(
                        Problem.of("Searching " + document.name(), failure).message()));
    }

    private void goToFound(OpenDocument document) {
        if (found.isEmpty()) {
            findStatus.set("Not found");
            return;
        }
        String many = found.size() == MOST_FOUND ? "%,d+".formatted(MOST_FOUND) : "%,d".formatted(found.size());
        findStatus.set("%,d of %s".formatted(foundAt + 1, many));
        Span place = found.get(foundAt);
        document.goTo(place, document.document().locate(place));
    }

    private void clearSearch(OpenDocument document) {
        searched = "";
        found = List.of();
        findStatus.set("");
        if (document != null) {
            document.highlights().removeIf(highlight -> highlight.kind() == Highlight.Kind.FOUND);
        }
    }

    private void step(int direction) {
        if (!citations.isEmpty()) {
            int at = citations.indexOf(active.get());
            int next = at < 0 ? (direction > 0 ? 0 : citations.size() - 1) : at + direction;
            activate(citations.get(Math.floorMod(next, citations.size())));
        }
    }

    private void open(DocumentId id, String name, java.util.function.Consumer<OpenDocument> whenOpen) {
        problem.set("");
        wanted = id;
        Optional<OpenDocument> already =
                tabs.stream().filter(tab -> tab.id().equals(id)).findFirst();
        if (already.isPresent()) {
            current.set(already.get());
            whenOpen.accept(already.get());
            return;
        }
        background.run(
                () -> source.open(id, name),
                document -> {
                    // Meanwhile the user may have asked for another document, or for this one twice.
                    if (id.equals(wanted)
                            && tabs.stream().noneMatch(tab -> tab.id().equals(id))) {
                        tabs.add(document);
                        current.set(document);
                        whenOpen.accept(document);
                    }
                },
                failure -> problem.set(Problem.of("Opening " + name, failure).message()));
    }

    /** Puts the highlights of the citations, and what find found, on the open documents; the active one on top. */
    private void paint() {
        for (OpenDocument document : tabs) {
            var highlights = new java.util.ArrayList<Highlight>();
            citations.stream()
                    .filter(citation -> citation.passage().documentId().equals(document.id()))
                    .filter(citation -> !citation.equals(active.get()))
                    .map(citation -> highlight(citation, Highlight.Kind.CITED))
                    .forEach(highlights::add);
            if (document == current.get()) {
                found.stream()
                        .map(span -> new Highlight(span, document.document().locate(span), Highlight.Kind.FOUND))
                        .forEach(highlights::add);
            }
            if (active.get() != null && active.get().passage().documentId().equals(document.id())) {
                highlights.add(highlight(active.get(), Highlight.Kind.ACTIVE));
            }
            if (!document.highlights().equals(highlights)) {
                document.highlights().setAll(highlights);
            }
        }
    }

    private static Highlight highlight(Citation citation, Highlight.Kind kind) {
        return new Highlight(citation.passage().span(), citation.passage().locator(), kind);
    }
}
