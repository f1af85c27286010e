package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.AnswerBrokenOffException;
import io.lectern.app.analysis.AnswerEvent;
import io.lectern.app.analysis.Citation;
import io.lectern.app.desktop.task.Activities;
import io.lectern.app.desktop.task.Activity;
import io.lectern.app.desktop.task.Background;
import io.lectern.app.desktop.task.Problem;
import io.lectern.app.desktop.task.PulseQueue;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Thinking;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.TypedSpan;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The questions asked of a matter and their answers, and the one being answered. */
public final class ConversationViewModel {

    /** Answers questions about what is chosen in the library. */
    @FunctionalInterface
    public interface Answerer {
        /**
         * Answers and stores the answer; blocking, off the JavaFX thread.
         *
         * @param thinking leave to think before the answer, for a model that thinks
         * @throws RuntimeException with a message for the user where there can be no answer
         */
        Answer answer(String question, Thinking thinking, Consumer<AnswerEvent> listener, Cancellation cancellation);
    }

    private record Report(Working working, AnswerEvent event) {}

    private final Answerer answerer;
    private final Function<DocumentId, List<TypedSpan>> typedSpans;
    private final Background background;
    private final Activities activities;
    private final PulseQueue<Report> reports = new PulseQueue<>(this::drain);
    private final ObservableList<Answer> answers = FXCollections.observableArrayList();
    private final ObjectProperty<Answer> current = new SimpleObjectProperty<>(this, "current");
    private final ReadOnlyObjectWrapper<Working> working = new ReadOnlyObjectWrapper<>(this, "working");
    private final ReadOnlyObjectWrapper<Problem> problem = new ReadOnlyObjectWrapper<>(this, "problem");
    private final StringProperty question = new SimpleStringProperty(this, "question", "");
    private final ThinkingChoice thinking = new ThinkingChoice();
    private final ReadOnlyBooleanWrapper thinkingNow = new ReadOnlyBooleanWrapper(this, "thinkingNow");
    private final ReadOnlyBooleanWrapper readingNow = new ReadOnlyBooleanWrapper(this, "readingNow");
    private final ReadOnlyBooleanWrapper paused = new ReadOnlyBooleanWrapper(this, "paused");
    private Consumer<Citation> opener = citation -> {};
    private Activity activity;

    /** @param typedSpans reads what of a document is not ordinary text; blocking */
    public ConversationViewModel(
            Answerer answerer,
            Function<DocumentId, List<TypedSpan>> typedSpans,
            Background background,
            Activities activities) {
        this.answerer = answerer;
        this.typedSpans = typedSpans;
        this.background = background;
        this.activities = activities;
    }

    /** Answers in the order they were asked for. */
    public ObservableList<Answer> answers() {
        return answers;
    }

    /** The answer whose citations are shown in the viewer. */
    public ObjectProperty<Answer> currentProperty() {
        return current;
    }

    /** The question being answered; null if none. */
    public ReadOnlyObjectProperty<Working> workingProperty() {
        return working.getReadOnlyProperty();
    }

    /** What stood in the way of the last answer; null if nothing. */
    public ReadOnlyObjectProperty<Problem> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** How much the model may think before the next answer. */
    public ThinkingChoice thinking() {
        return thinking;
    }

    /** Whether the model thinks now, so that the answer can be asked for at once. */
    public ReadOnlyBooleanProperty thinkingNowProperty() {
        return thinkingNow.getReadOnlyProperty();
    }

    /** Whether documents are being read now, so that the reading can rest. */
    public ReadOnlyBooleanProperty readingNowProperty() {
        return readingNow.getReadOnlyProperty();
    }

    /** Whether the reading rests. */
    public ReadOnlyBooleanProperty pausedProperty() {
        return paused.getReadOnlyProperty();
    }

    /** What is being typed. */
    public StringProperty questionProperty() {
        return question;
    }

    /** @param opener brings a citation's place into view */
    public void onCitationChosen(Consumer<Citation> opener) {
        this.opener = opener;
    }

    /** Shows answers given earlier. */
    public void restore(List<Answer> stored) {
        answers.setAll(stored);
        current.set(stored.isEmpty() ? null : stored.getLast());
        stored.forEach(thinking::learn);
    }

    /** Asks what was typed. Does nothing while another question is being answered or nothing was typed. */
    public void ask() {
        String asked = question.get().strip();
        if (asked.isEmpty() || working.get() != null) {
            return;
        }
        problem.set(null);
        question.set("");
        Working work = new Working(asked, thinking.begin());
        work.show("Preparing");
        working.set(work);
        activity = activities.begin("Preparing to read", this::stop);
        background.run(
                () -> answerer.answer(
                        asked, work.thinking(), event -> reports.offer(new Report(work, event)), work.cancellation()),
                answer -> finish(work, answer),
                failure -> fail(work, failure));
    }

    /** Stops the answer at the next token. */
    public void stop() {
        Working work = working.get();
        if (work != null) {
            work.cancellation().cancel();
            readingNow.set(false);
            work.show("Stopping");
        }
    }

    /** Lets a reading rest, or go on from where it rests. */
    public void pauseOrGoOn() {
        Working work = working.get();
        if (work == null) {
            return;
        }
        if (paused.get()) {
            work.cancellation().resume();
            work.show("Going on");
        } else {
            work.cancellation().pause();
            activity.report("Paused", Activity.UNKNOWN, "");
            work.show("Reading paused");
        }
        paused.set(!paused.get());
    }

    /** Has the model answer with what it has thought of so far. */
    public void answerNow() {
        Working work = working.get();
        if (work != null) {
            work.thinking().answerNow();
            thinkingNow.set(false);
            work.show("Answering now");
        }
    }

    /** Puts away what stood in the way. */
    public void dismissProblem() {
        problem.set(null);
    }

    /** Tells what stood in the way of something that belongs to the conversation. */
    public void report(Problem trouble) {
        problem.set(trouble);
    }

    /** Brings a citation's place into view, with the other citations of its answer. */
    public void choose(Answer answer, Citation citation) {
        current.set(answer);
        if (citation.isShown()) {
            opener.accept(citation);
        }
    }

    /** Tells what of a document is not ordinary text, so that a quotation can tell live words from deleted ones. */
    public void tellTypedSpans(DocumentId id, Consumer<List<TypedSpan>> listener) {
        background.run(
                () -> typedSpans.apply(id),
                listener,
                failure -> problem.set(Problem.of("Reading a cited document", failure)));
    }

    private void drain(List<Report> arrived) {
        Working work = working.get();
        AnswerEvent latest = null;
        for (Report report : arrived) {
            if (report.working() == work && work != null) {
                latest = report.event();
                if (latest instanceof AnswerEvent.Drafting drafting) {
                    work.write(drafting.text());
                } else if (latest instanceof AnswerEvent.Thinking thought) {
                    work.think(thought.text(), thought.tokens());
                } else if (latest instanceof AnswerEvent.Remark remark) {
                    problem.set(new Problem(remark.text()));
                }
            }
        }
        if (latest != null) {
            readingNow.set(latest instanceof AnswerEvent.Reading
                    && !work.cancellation().isCancelled());
            thinkingNow.set(latest instanceof AnswerEvent.Thinking
                    && !work.thinking().isEnded()
                    && !work.cancellation().isCancelled());
            show(work, latest);
        }
    }

    private void show(Working work, AnswerEvent event) {
        boolean stopping = work.cancellation().isCancelled();
        switch (event) {
            case AnswerEvent.Reading _ when paused.get() -> {
                // what was under way when the reading was let rest
            }
            case AnswerEvent.Reading reading -> {
                double fraction = reading.totalTokens() == 0
                        ? Activity.UNKNOWN
                        : (double) reading.doneTokens() / reading.totalTokens();
                double left = (reading.totalTokens() - reading.doneTokens()) / reading.tokensPerSecond();
                String detail = reading.tokensPerSecond() <= 0
                        ? ""
                        : Amounts.speed(reading.tokensPerSecond()) + ", " + Amounts.timeLeft(left);
                activity.report("Reading", fraction, detail);
                work.show(
                        stopping
                                ? "Stopping"
                                : "Reading %s of %s tokens"
                                        .formatted(
                                                Amounts.count(reading.doneTokens()),
                                                Amounts.count(reading.totalTokens())));
            }
            case AnswerEvent.Thinking thought -> {
                int most = work.thinking().budget().tokens();
                String left = ThinkingChoice.atMost(Math.max(0, most - thought.tokens()), thought.tokensPerSecond());
                activity.report(
                        "Thinking",
                        Math.min(1, (double) thought.tokens() / Math.max(1, most)),
                        Amounts.speed(thought.tokensPerSecond()) + ", " + left);
                String words = work.thinking().isEnded() ? "Answering now" : "Thinking, " + left;
                work.show(stopping ? "Stopping" : words);
            }
            case AnswerEvent.Drafting drafting -> {
                activity.report("Writing", Activity.UNKNOWN, Amounts.speed(drafting.tokensPerSecond()));
                work.show(stopping ? "Stopping" : "Drafting, " + Amounts.count(drafting.tokens(), "token", "tokens"));
            }
            case AnswerEvent.Checking checking -> {
                activity.report("Checking", Activity.UNKNOWN, "");
                work.show(stopping ? "Stopping" : checking.what());
            }
            case AnswerEvent.TakenUp takenUp ->
                work.show("Took up %s tokens that were read before".formatted(Amounts.count(takenUp.tokens())));
            case AnswerEvent.Remark _ -> {
                // stands as a problem beside the answer
            }
            case AnswerEvent.Answered answered -> work.show("Done");
        }
    }

    private void finish(Working work, Answer answer) {
        end(work);
        thinking.learn(answer);
        answers.add(answer);
        current.set(answer);
    }

    private void fail(Working work, Throwable failure) {
        end(work);
        if (failure instanceof AnswerBrokenOffException brokenOff) {
            answers.add(brokenOff.partial());
            current.set(brokenOff.partial());
        }
        if (question.get().isBlank()) {
            question.set(work.question()); // a question is not lost with its answer
        }
        if (!(failure instanceof CancellationException)) {
            problem.set(Problem.of("Answering", failure));
        }
    }

    private void end(Working work) {
        if (working.get() == work) {
            working.set(null);
            thinkingNow.set(false);
            readingNow.set(false);
            paused.set(false);
            activities.end(activity);
            activity = null;
        }
    }
}
