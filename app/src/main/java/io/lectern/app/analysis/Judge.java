package io.lectern.app.analysis;

import io.lectern.app.analysis.Grounder.Ground;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.Message;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks the model questions that are answered Yes or No, and reads the answer from its likelihoods instead of from what it
 * would write: P(Yes) / (P(Yes) + P(No)). A small model that is asked to write "not found" does so nearly always; how much
 * likelier it finds Yes than No tells passages, and presence from absence, apart.
 */
final class Judge {
    private static final List<String> YES_OR_NO = List.of("Yes", "No");

    private final Engine engine;

    Judge(Engine engine) {
        this.engine = engine;
    }

    /**
     * How likely it is that the documents answer a question at all. Asked with all of them in view.
     *
     * @param documents a context that has read the documents; stays as it is
     * @param listener hears how far the reading is: a server reads the documents only now
     */
    double presence(
            Context documents, String question, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        try (Context context = documents.fork()) {
            return probabilityOfYes(context, Prompts.presence(question), listener, cancellation);
        }
    }

    /** A question that many passages are held against, in a context without the documents. */
    Bench bench(String question, Cancellation cancellation) {
        Bench bench = new Bench(engine.newContext(), cancellation);
        try {
            bench.context.append(Message.system(Prompts.JUDGE), progress -> {}, cancellation);
            bench.context.append(Message.user(Prompts.judged(question)), progress -> {}, cancellation);
            return bench;
        } catch (RuntimeException e) {
            bench.close();
            throw e;
        }
    }

    /** How likely it is that a passage bears out a claim. */
    double support(String claim, Ground ground, Cancellation cancellation) {
        try (Context context = engine.newContext()) {
            context.append(Message.system(Prompts.JUDGE), progress -> {}, cancellation);
            return probabilityOfYes(context, Prompts.support(claim, ground), progress -> {}, cancellation);
        }
    }

    /** Judges passages against one question, which is read once. */
    static final class Bench implements AutoCloseable {
        private final Context context;
        private final Cancellation cancellation;

        private Bench(Context context, Cancellation cancellation) {
            this.context = context;
            this.cancellation = cancellation;
        }

        /** How likely it is that a passage answers the question. */
        double relevance(Ground ground) {
            try (Context fork = context.fork()) {
                return probabilityOfYes(fork, Prompts.relevance(ground), progress -> {}, cancellation);
            }
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static double probabilityOfYes(
            Context context, String question, Consumer<GenerationEvent.Prefill> listener, Cancellation cancellation) {
        context.append(Message.user(question), progress -> {}, cancellation);
        double[] logLikelihoods = context.score(YES_OR_NO, listener, cancellation);
        return 1 / (1 + Math.exp(logLikelihoods[1] - logLikelihoods[0]));
    }
}
