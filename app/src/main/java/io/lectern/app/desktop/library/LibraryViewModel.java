package io.lectern.app.desktop.library;

import io.lectern.app.desktop.task.Activities;
import io.lectern.app.desktop.task.Activity;
import io.lectern.app.desktop.task.Background;
import io.lectern.app.desktop.task.Problem;
import io.lectern.app.desktop.task.PulseQueue;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.ingest.Progress;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.matter.IngestSummary;
import io.lectern.ingest.matter.LibraryEntry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;

/** The files of the matter as a tree, what is chosen of them, and how many tokens that is. */
public final class LibraryViewModel {
    /** Characters a token of English text has on average; only until the model's tokenizer has counted. */
    private static final double CHARACTERS_PER_TOKEN = 4.2;

    private record Report(int done, int total, String what) {}

    private record Loaded(List<LibraryEntry> entries, Set<DocumentId> chosen, Map<DocumentId, Integer> counts) {}

    private final Shelf shelf;
    private final Background background;
    private final Activities activities;
    private final Consumer<Problem> onProblem;
    private final PulseQueue<Report> reports = new PulseQueue<>(this::drain);
    private final ReadOnlyObjectWrapper<LibraryNode> root = new ReadOnlyObjectWrapper<>(this, "root");
    private final ReadOnlyLongWrapper chosenTokens = new ReadOnlyLongWrapper(this, "chosenTokens");
    private final ReadOnlyLongWrapper chosenCount = new ReadOnlyLongWrapper(this, "chosenCount");
    private final StringProperty filter = new SimpleStringProperty(this, "filter", "");
    private Map<DocumentId, Integer> counts = Map.of();
    private volatile List<LibraryEntry> entries = List.of();
    private volatile Set<DocumentId> chosen = Set.of();
    private boolean exact;
    private boolean countable;
    private Activity ingesting;

    public LibraryViewModel(Shelf shelf, Background background, Activities activities, Consumer<Problem> onProblem) {
        this.shelf = shelf;
        this.background = background;
        this.activities = activities;
        this.onProblem = onProblem;
    }

    /** The tree; its root has no row. Null until the matter has been read. A new tree takes the place of the old one. */
    public ReadOnlyObjectProperty<LibraryNode> rootProperty() {
        return root.getReadOnlyProperty();
    }

    /** What a file's name must contain to be listed; empty for all. */
    public StringProperty filterProperty() {
        return filter;
    }

    public ReadOnlyLongProperty chosenTokensProperty() {
        return chosenTokens.getReadOnlyProperty();
    }

    public ReadOnlyLongProperty chosenCountProperty() {
        return chosenCount.getReadOnlyProperty();
    }

    /** Whether the tokens of everything chosen were counted by the model's tokenizer. */
    public boolean isExact() {
        return exact;
    }

    /** The files; from any thread. */
    public List<LibraryEntry> entries() {
        return entries;
    }

    /** The documents chosen for the model to read; from any thread. */
    public Set<DocumentId> chosen() {
        return chosen;
    }

    /** Reads the library again. */
    public void reload() {
        background.run(this::read, this::show, failure -> onProblem.accept(Problem.of("Reading the library", failure)));
    }

    /** Takes files and folders in; what is new is chosen. */
    public void add(List<Path> paths) {
        AtomicBoolean cancelled = new AtomicBoolean();
        Activity activity = activities.begin("Adding files", () -> cancelled.set(true));
        ingesting = activity;
        Progress progress = new Progress() {
            @Override
            public void report(int done, int total, String what) {
                reports.offer(new Report(done, total, what));
            }

            @Override
            public boolean isCancelled() {
                return cancelled.get();
            }
        };
        background.run(
                () -> {
                    Set<DocumentId> before = documentsOf(shelf.entries());
                    IngestSummary summary = shelf.ingest(paths, progress);
                    Set<DocumentId> choice = new LinkedHashSet<>(chosen);
                    documentsOf(shelf.entries()).stream()
                            .filter(id -> !before.contains(id))
                            .forEach(choice::add);
                    shelf.choose(choice);
                    background.paint(() -> tellWhatCame(summary));
                    return read();
                },
                loaded -> {
                    activities.end(activity);
                    show(loaded);
                },
                failure -> {
                    activities.end(activity);
                    onProblem.accept(Problem.of("Adding files", failure));
                });
    }

    /** Chooses a file, or everything below a folder, or takes it out of the choice. */
    public void choose(LibraryNode node, boolean all) {
        node.choose(all);
        root.get().sumChoices();
        sumChosen();
        Set<DocumentId> choice = chosen;
        background.run(
                () -> shelf.choose(choice), failure -> onProblem.accept(Problem.of("Remembering the choice", failure)));
    }

    /** Counts what was only estimated, now and whenever files come, for there is a tokenizer now. */
    public void countTokens() {
        countable = true;
        List<LibraryEntry> usable =
                entries.stream().filter(LibraryEntry::isUsable).toList();
        background.run(
                () -> {
                    Map<DocumentId, Integer> known = new HashMap<>(shelf.tokenCounts());
                    for (LibraryEntry entry : usable) {
                        if (!known.containsKey(entry.documentId())) {
                            known.put(entry.documentId(), shelf.countTokens(entry));
                        }
                    }
                    return known;
                },
                known -> {
                    counts = known;
                    showTokens();
                },
                failure -> onProblem.accept(Problem.of("Counting tokens", failure)));
    }

    private Loaded read() {
        return new Loaded(shelf.entries(), shelf.chosen(), shelf.tokenCounts());
    }

    private void show(Loaded loaded) {
        entries = loaded.entries();
        counts = loaded.counts();
        LibraryNode tree = LibraryTree.of(loaded.entries());
        tree.files(file -> {
            if (file.isUsable() && loaded.chosen().contains(file.entry().documentId())) {
                file.choose(true);
            }
        });
        tree.sumChoices();
        root.set(tree);
        showTokens();
        if (countable) {
            countTokens();
        }
    }

    private void showTokens() {
        LibraryNode tree = root.get();
        if (tree != null) {
            tree.files(file -> {
                if (file.isUsable()) {
                    Integer counted = counts.get(file.entry().documentId());
                    long estimated = Math.round(file.entry().characters() / CHARACTERS_PER_TOKEN);
                    file.setTokens(counted == null ? estimated : counted, counted != null);
                }
            });
            tree.sumTokens();
            sumChosen();
        }
    }

    private void sumChosen() {
        Set<DocumentId> ids = new LinkedHashSet<>();
        long[] tokens = {0};
        boolean[] counted = {true};
        root.get().files(file -> {
            // The same document under two names is read once.
            if (file.choiceProperty().get() == Choice.ALL
                    && ids.add(file.entry().documentId())) {
                tokens[0] += file.tokensProperty().get();
                counted[0] &= file.isExact();
            }
        });
        chosen = Set.copyOf(ids);
        exact = counted[0];
        chosenCount.set(ids.size());
        chosenTokens.set(tokens[0]);
    }

    private void drain(List<Report> arrived) {
        Report latest = arrived.getLast();
        if (ingesting != null) {
            double fraction = latest.total() == 0 ? Activity.UNKNOWN : (double) latest.done() / latest.total();
            ingesting.report(
                    "Reading " + lastName(latest.what()),
                    fraction,
                    Amounts.count(latest.done()) + " of " + Amounts.count(latest.total(), "file", "files"));
        }
    }

    private void tellWhatCame(IngestSummary summary) {
        long bad = summary.files().stream()
                .filter(file -> file.entry() != null
                        && file.entry().findings().stream()
                                .anyMatch(finding -> finding.severity() == Finding.Severity.ERROR))
                .count();
        if (bad > 0) {
            onProblem.accept(
                    new Problem(
                            Amounts.count(bad, "file", "files")
                                    + " could not be read completely. The badge beside each in the library says why and what can be done."));
        }
    }

    private static Set<DocumentId> documentsOf(List<LibraryEntry> entries) {
        Set<DocumentId> ids = new LinkedHashSet<>();
        entries.stream()
                .filter(LibraryEntry::isUsable)
                .map(LibraryEntry::documentId)
                .forEach(ids::add);
        return ids;
    }

    private static String lastName(String name) {
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }
}
