package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.AnswerBrokenOffException;
import io.lectern.app.analysis.AnswerEvent;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.PromptAssembler;
import io.lectern.app.analysis.ReadingSession;
import io.lectern.app.analysis.Selection;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.Snapshots;
import io.lectern.engine.Thinking;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where questions meet the model: the chosen documents are read once, kept read as long as the choice and the engine stay,
 * and every answer is stored before it is shown.
 */
public final class ReadingDesk implements ConversationViewModel.Answerer, AutoCloseable {

    private final Supplier<Engine> engines;
    private final Supplier<Selection> selections;
    private final Function<DocumentId, Document> documents;
    private final Function<EngineInfo, Map<DocumentId, Integer>> tokenCounts;
    private final Supplier<Optional<Snapshots>> snapshots;
    private final Consumer<Answer> store;
    private ReadingSession session;
    private Selection read;
    private Engine reader;

    /**
     * @param engines the engine to answer with; blocks while it is opened
     * @param selections what is chosen at the moment
     * @param documents reads a document of the matter
     * @param tokenCounts what is known of the documents' tokens for an engine
     * @param snapshots where what is read is kept on disk, if it is; their key is closed after use
     * @param store keeps an answer for good
     */
    public ReadingDesk(
            Supplier<Engine> engines,
            Supplier<Selection> selections,
            Function<DocumentId, Document> documents,
            Function<EngineInfo, Map<DocumentId, Integer>> tokenCounts,
            Supplier<Optional<Snapshots>> snapshots,
            Consumer<Answer> store) {
        this.engines = engines;
        this.selections = selections;
        this.documents = documents;
        this.tokenCounts = tokenCounts;
        this.snapshots = snapshots;
        this.store = store;
    }

    @Override
    public synchronized Answer answer(
            String question, Thinking thinking, Consumer<AnswerEvent> listener, Cancellation cancellation) {
        Selection selection = selections.get();
        if (selection.chosen().isEmpty()) {
            throw new NothingChosenException();
        }
        Engine engine = engines.get();
        Instant askedAt = Instant.now();
        long started = System.nanoTime();
        Answer answer;
        try {
            cancellation.throwIfCancelled();
            read(engine, selection, listener, cancellation);
            answer = session.ask(question, thinking, listener, cancellation);
        } catch (CancellationException e) {
            answer = stopped(question, engine.info(), selection, askedAt, (System.nanoTime() - started) / 1e9);
        } catch (AnswerBrokenOffException e) {
            store.accept(e.partial());
            throw e;
        }
        store.accept(answer);
        listener.accept(new AnswerEvent.Answered(answer));
        return answer;
    }

    /** Lets go of what was read; waits for an answer under way. */
    @Override
    public synchronized void close() {
        if (session != null) {
            session.close();
            session = null;
            read = null;
            reader = null;
        }
    }

    private void read(Engine engine, Selection selection, Consumer<AnswerEvent> listener, Cancellation cancellation) {
        if (session != null && selection.equals(read) && engine == reader) {
            return;
        }
        PromptAssembler.refuseTooLarge(selection, tokenCounts.apply(engine.info()), engine.info());
        close();
        Optional<Snapshots> kept = snapshots.get();
        try {
            session = ReadingSession.open(
                    engine, selection.load(documents), selection.leftOut(), kept, listener, cancellation);
        } finally {
            kept.ifPresent(each -> each.key().close());
        }
        read = selection;
        reader = engine;
    }

    /** The answer to a question that was stopped while the documents were still being read: nothing was. */
    private static Answer stopped(
            String question, EngineInfo engine, Selection selection, Instant askedAt, double seconds) {
        List<Coverage.Entry> entries = new ArrayList<>();
        selection
                .chosen()
                .forEach(each -> entries.add(new Coverage.Entry(
                        each.documentId(), each.name(), each.pages(), 0, 0, false, "stopped before it was read")));
        selection
                .leftOut()
                .forEach(each -> entries.add(new Coverage.Entry(
                        each.documentId(), each.documentName(), each.pages(), 0, 0, false, each.reason())));
        return new Answer(
                UUID.randomUUID().toString(),
                question,
                Answer.Outcome.STOPPED,
                "",
                List.of(),
                null,
                new Coverage(entries, engine.contextWindow()),
                Answer.Model.of(engine),
                askedAt,
                seconds);
    }
}
