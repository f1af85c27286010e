package io.lectern.app.desktop;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Selection;
import io.lectern.app.desktop.context.ContextViewModel;
import io.lectern.app.desktop.context.EngineDesk;
import io.lectern.app.desktop.context.EngineViewModel;
import io.lectern.app.desktop.conversation.ConversationViewModel;
import io.lectern.app.desktop.conversation.ReadingDesk;
import io.lectern.app.desktop.library.LibraryViewModel;
import io.lectern.app.desktop.task.Activities;
import io.lectern.app.desktop.task.Activity;
import io.lectern.app.desktop.task.Background;
import io.lectern.app.desktop.task.Problem;
import io.lectern.app.desktop.viewer.OpenDocument;
import io.lectern.app.desktop.viewer.ViewerViewModel;
import io.lectern.app.report.MatterReport;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.ThinkingBudget;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;

/** The composition root: a matter with everything that works on it, put together by hand. */
final class Workbench implements AutoCloseable {
    private static final String VERSION = Optional.ofNullable(
                    Workbench.class.getPackage().getImplementationVersion())
            .orElse("development");

    /** The key of the matter's setting. */
    private static final String THINKING = "thinking";

    private final MatterStore store;
    private final Matter matter;
    private final Background background = new Background(Workbench::onFxThread);
    private final Activities activities = new Activities();
    private final EngineDesk engineDesk;
    private final EngineViewModel engines;
    private final LibraryViewModel library;
    private final ViewerViewModel viewer;
    private final ReadingDesk readingDesk;
    private final ConversationViewModel conversation;
    private final ContextViewModel context;
    /** Of documents that answers cite: they do not change, and many answers cite the same ones. */
    private final Map<DocumentId, List<TypedSpan>> typedSpans = new ConcurrentHashMap<>();

    private boolean loaded;
    private boolean awaitsDocument = true;

    /**
     * @param engineDesk opens the engine when it is needed; closed with the workbench
     * @param thinking how much the model may think before it answers; null for what was chosen for the matter
     */
    Workbench(MatterStore store, EngineDesk engineDesk, ThinkingBudget thinking) {
        this.store = store;
        this.matter = store.matter();
        this.engineDesk = engineDesk;
        library = new LibraryViewModel(new MatterShelf(store, engineDesk), background, activities, this::report);
        viewer = new ViewerViewModel(this::openDocument, background);
        readingDesk = new ReadingDesk(
                engineDesk::engine,
                () -> Selection.of(library.entries(), this::isChosen),
                matter::document,
                engine -> store.tokenCounts().of(engine.sha256()),
                () -> store.readings().isOn() ? Optional.of(store.readings().open()) : Optional.empty(),
                this::keep);
        conversation = new ConversationViewModel(readingDesk, this::typedSpans, background, activities);
        engines = new EngineViewModel(engineDesk, background, activities, this::report);
        context = new ContextViewModel(library, activities);
        conversation.thinking().budgetProperty().set(thinking == null ? chosenThinking() : thinking);
        connect();
    }

    private ThinkingBudget chosenThinking() {
        return store.settings().get(THINKING).map(ThinkingBudget::of).orElse(ThinkingBudget.STANDARD);
    }

    private static void onFxThread(Runnable change) {
        if (Platform.isFxApplicationThread()) {
            change.run();
        } else {
            Platform.runLater(change);
        }
    }

    private void connect() {
        engineDesk.onOpened(engine -> {
            EngineInfo info = engine.info();
            boolean thinks = engine.thinks();
            background.paint(() -> {
                context.engineProperty().set(info);
                conversation.thinking().offeredProperty().set(thinks);
                if (info.local()) {
                    library.countTokens(); // a server would be sent the whole library only to count it
                }
            });
        });
        conversation.thinking().budgetProperty().addListener((property, before, now) -> keepThinking(now));
        conversation.onCitationChosen(viewer::activate);
        conversation.currentProperty().addListener((property, before, now) -> viewer.show(now));
        conversation.answers().addListener((ListChangeListener<Answer>) change -> {
            List<Answer> answers = conversation.answers();
            Answer last = answers.isEmpty() ? null : answers.getLast();
            context.lastAnswerProperty().set(last != null && engineDesk.isToOpen(last.model()) ? last : null);
        });
        library.rootProperty()
                .addListener((property, before, now) -> viewer.closeAllBut(
                        library.entries().stream().map(LibraryEntry::documentId).collect(Collectors.toSet())));
    }

    /** Reads what the matter holds and shows it; on the JavaFX thread. */
    void start(boolean loadsEngine) {
        library.reload();
        background.run(
                store.answers()::answers,
                answers -> {
                    conversation.restore(answers);
                    showFirst();
                    loaded = true;
                },
                failure -> {
                    awaitsDocument = false;
                    loaded = true;
                    report(Problem.of("Reading the answers", failure));
                });
        if (loadsEngine) {
            engines.openIfAvailable(() -> {});
        }
    }

    /** The latest citation that stands in a PDF, or the latest one; without any, the first document. */
    private void showFirst() {
        Optional<Answer> cited = latestAnswer(citation -> citation.passage().locator() instanceof Locator.Pages)
                .or(() -> latestAnswer(citation -> true));
        if (cited.isPresent()) {
            List<Citation> shown =
                    cited.get().citations().stream().filter(Citation::isShown).toList();
            Citation first = shown.stream()
                    .filter(citation -> citation.passage().locator() instanceof Locator.Pages)
                    .findFirst()
                    .orElseGet(shown::getFirst);
            conversation.choose(cited.get(), first);
        } else {
            background.run(
                    () -> matter.entries().stream()
                            .filter(LibraryEntry::isUsable)
                            .findFirst(),
                    entry -> {
                        awaitsDocument = entry.isPresent();
                        entry.ifPresent(found -> viewer.open(found.documentId(), found.name()));
                    },
                    failure -> awaitsDocument = false);
        }
    }

    /** The latest answer that shows a citation of this kind. */
    private Optional<Answer> latestAnswer(Predicate<Citation> kind) {
        return conversation.answers().reversed().stream()
                .filter(answer ->
                        answer.citations().stream().filter(Citation::isShown).anyMatch(kind))
                .findFirst();
    }

    /** The name of the matter: its file's, without the extension. */
    String name() {
        String file = matter.file().getFileName().toString();
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    Background background() {
        return background;
    }

    Activities activities() {
        return activities;
    }

    LibraryViewModel library() {
        return library;
    }

    ViewerViewModel viewer() {
        return viewer;
    }

    ConversationViewModel conversation() {
        return conversation;
    }

    EngineViewModel engines() {
        return engines;
    }

    ContextViewModel context() {
        return context;
    }

    /** Whether library and answers have been read from the matter. */
    boolean isLoaded() {
        return loaded && library.rootProperty().get() != null;
    }

    /** Whether a document is to be expected in the viewer. */
    boolean awaitsDocument() {
        return awaitsDocument && viewer.problemProperty().get().isEmpty();
    }

    /** Writes a report of all answers; the name of the target says in which format. */
    void export(Path target) {
        Activity activity = activities.begin("Writing the report");
        background.run(
                () -> MatterReport.of(matter, name(), VERSION, List.copyOf(conversation.answers()))
                        .export(target),
                exported -> {
                    activities.end(activity);
                    conversation.report(Problem.done("The report is in " + target + "."
                            + exported.notes().stream().map(note -> "\n" + note).collect(Collectors.joining())));
                },
                failure -> {
                    activities.end(activity);
                    report(Problem.of("Writing the report", failure));
                });
    }

    /** Asks work to stop; on the JavaFX thread. */
    void stop() {
        conversation.stop();
        List.copyOf(activities.running()).forEach(Activity::cancel);
    }

    /** Waits for an answer under way, then closes everything; not on the JavaFX thread. */
    @Override
    public void close() {
        readingDesk.close();
        background.close();
        engineDesk.close();
        matter.close();
    }

    private boolean isChosen(LibraryEntry entry) {
        return library.chosen().contains(entry.documentId());
    }

    private List<TypedSpan> typedSpans(DocumentId id) {
        return typedSpans.computeIfAbsent(id, key -> matter.document(key).typedSpans());
    }

    private void keepThinking(ThinkingBudget budget) {
        background.run(
                () -> store.settings().put(THINKING, budget.toString()),
                failure -> report(Problem.of("Keeping what is set", failure)));
    }

    private void keep(Answer answer) {
        store.answers().save(store.answers().conversations().getLast().id(), answer);
    }

    private void report(Problem problem) {
        conversation.report(problem);
    }

    private OpenDocument openDocument(DocumentId id, String name) {
        Document document = matter.document(id);
        if (document.format() != DocumentFormat.PDF || document.pages().isEmpty()) {
            return new OpenDocument(name, document, null, "");
        }
        Optional<Path> file = matter.entries().stream()
                .filter(entry -> id.equals(entry.documentId()) && isUnchanged(entry))
                .map(LibraryEntry::path)
                .findFirst();
        return new OpenDocument(
                name,
                document,
                file.orElse(null),
                file.isPresent() ? "" : "The file is gone or was changed: this is the text that was read");
    }

    private static boolean isUnchanged(LibraryEntry entry) {
        try {
            return Files.size(entry.path()) == entry.bytes()
                    && Files.getLastModifiedTime(entry.path())
                            .toInstant()
                            .truncatedTo(ChronoUnit.MILLIS)
                            .equals(entry.modified().truncatedTo(ChronoUnit.MILLIS));
        } catch (IOException e) {
            return false; // gone, or out of reach: shown as text, with a word about it
        }
    }
}
