package io.lectern.app.analysis;

import com.ibm.icu.text.BreakIterator;
import io.lectern.app.analysis.Answer.Outcome;
import io.lectern.app.analysis.Grounder.Ground;
import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.Sampling;
import io.lectern.engine.Snapshots;
import io.lectern.engine.Thinking;
import io.lectern.engine.embedded.EmbeddedModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that has read a selection of documents, whole, and answers questions about them.
 *
 * <p>An answer is made in steps. The model is asked whether the documents answer the question at all; it drafts an answer in
 * its own words; the program finds the passages that the draft can rest on; the model judges each of them; the best are
 * shown in the source's own words, which are looked up in the source once more before they are shown. Everything that is
 * shown as a quotation is copied from a document by the program.
 *
 * <p>Each question is asked of a fork of the context that has read the documents, and of nothing else: the reading is paid
 * for once, an answer does not depend on which questions came before it, and one wrong answer cannot mislead the next. It
 * also means that a question must say what it is about; a memory of the conversation may come later.
 *
 * <p>Questions may be asked from several threads; {@link #close} only when none is under way.
 */
public final class ReadingSession implements AutoCloseable {
    /**
     * Below this probability of presence an answer is {@link Outcome#NOT_FOUND}, unless the draft rests on the documents. Small
     * models say Yes too readily, so it lies well above one half. This threshold and the others are measured in
     * docs/decisions/0063.
     */
    public static final double PRESENCE_THRESHOLD = 0.8;

    /** The model for which the thresholds were measured; for another they are only a hint. */
    static final String CALIBRATED_FOR = EmbeddedModel.QWEN_2_5_CODER_1_5B.sha256();

    /** A draft rests on the documents if one passage holds this part of its words. */
    static final double RESTING_COVERAGE = 0.4;

    /** A passage that holds less of the draft's words is not shown, … */
    static final double LEAST_COVERAGE = 0.3;

    /**
     * … nor one whose relevance (0 to 1, by the model) and coverage of the draft's words (0 to 1, by counting) sum up to less
     * than this.
     */
    static final double EVIDENCE_THRESHOLD = 0.8;

    /** From this probability on a passage may be marked as bearing its claim, … */
    static final double SUPPORT_THRESHOLD = 0.5;

    /** … if it also holds this part of the claim's words: the model alone says Yes too readily. */
    static final double SUPPORT_COVERAGE = 0.4;

    /** Passages that are shown, besides the model's own quotations. */
    static final int MOST_PASSAGES = 3;

    /** Tokens of a draft: two sentences, with room for long ones. */
    static final int DRAFT_TOKENS = 160;

    /**
     * How a model that thinks chooses its tokens: taking the likeliest each time, it would go round in circles. The seed makes
     * that the same question is answered in the same way.
     */
    static final Sampling THINKING = new Sampling(0.6, 0, 0.95, 0, 1, 1);

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"|“([^”]+)”");

    /** Fewer words between quotation marks are a name or a defined term. */
    private static final int FEWEST_QUOTED_WORDS = 3;

    private final Engine engine;
    private final Judge judge;
    private final Grounder grounder;
    private final QuoteVerifier verifier;
    private final Coverage coverage;
    private final Context documents;

    private ReadingSession(Engine engine, Prompt prompt, Coverage coverage, Context documents) {
        List<Source> sources = prompt.parts().stream().map(Prompt.Part::source).toList();
        this.engine = engine;
        this.judge = new Judge(engine);
        this.grounder = new Grounder(sources);
        this.verifier = new QuoteVerifier(sources);
        this.coverage = coverage;
        this.documents = documents;
    }

    /**
     * Reads documents, and keeps nothing on disk of what was read.
     *
     * @see #open(Engine, List, List, Optional, Consumer, Cancellation)
     */
    public static ReadingSession open(
            Engine engine,
            List<NamedDocument> selected,
            List<LeftOut> leftOut,
            Consumer<AnswerEvent> listener,
            Cancellation cancellation) {
        return open(engine, selected, leftOut, Optional.empty(), listener, cancellation);
    }

    /**
     * Reads documents.
     *
     * @param engine answers; stays open after the session is closed
     * @param selected the documents to read, whole; at least one, each with text
     * @param leftOut the matter's other documents, for the coverage of every answer
     * @param snapshots where what was read is kept and taken up again; empty to keep nothing
     * @param listener hears {@link AnswerEvent.Reading}, and of what is kept and taken up
     * @throws DoesNotFitException before anything is read, if the model cannot hold the selection
     * @throws CancellationException if called off
     */
    public static ReadingSession open(
            Engine engine,
            List<NamedDocument> selected,
            List<LeftOut> leftOut,
            Optional<Snapshots> snapshots,
            Consumer<AnswerEvent> listener,
            Cancellation cancellation) {
        if (selected.isEmpty()) {
            throw new IllegalArgumentException("Select at least one document to read.");
        }
        EngineInfo info = engine.info();
        Prompt prompt = new PromptAssembler(engine.tokenizer(), info).assemble(selected);
        Context context = new DocumentReading(engine, listener, cancellation).read(prompt, snapshots);
        return new ReadingSession(engine, prompt, coverage(prompt, leftOut, info.contextWindow()), context);
    }

    /** What the model has read, and what it has not. */
    public Coverage coverage() {
        return coverage;
    }

    /**
     * Answers a question. Blocks until the answer is there.
     *
     * @param thinking how much the model may think before it drafts, where it is one that thinks; its judgements are always
     *     made without
     * @param listener hears the steps, from {@link AnswerEvent.Reading} of the question to {@link AnswerEvent.Checking};
     *     {@link AnswerEvent.Answered} is for whoever stores the answer to say
     * @param cancellation stops the work; what was written until then comes back as a {@link Outcome#STOPPED} answer
     * @throws AnswerBrokenOffException if a server fails when something has been written already
     */
    public Answer ask(String question, Thinking thinking, Consumer<AnswerEvent> listener, Cancellation cancellation) {
        if (question.isBlank()) {
            throw new IllegalArgumentException("Ask a question.");
        }
        return new Asking(question.strip(), thinking, listener, cancellation).answer();
    }

    /** Answers a question without thinking. */
    public Answer ask(String question, Consumer<AnswerEvent> listener, Cancellation cancellation) {
        return ask(question, Thinking.none(), listener, cancellation);
    }

    /** Lets go of what was read. */
    @Override
    public void close() {
        documents.close();
    }

    private static Coverage coverage(Prompt prompt, List<LeftOut> leftOut, int window) {
        List<Coverage.Entry> entries = new ArrayList<>();
        for (Prompt.Part part : prompt.parts()) {
            NamedDocument named = part.source().named();
            entries.add(new Coverage.Entry(
                    named.document().id(),
                    named.name(),
                    named.document().pages().size(),
                    part.source().view().length(),
                    part.tokens(),
                    true,
                    ""));
        }
        for (LeftOut out : leftOut) {
            entries.add(
                    new Coverage.Entry(out.documentId(), out.documentName(), out.pages(), 0, 0, false, out.reason()));
        }
        return new Coverage(entries, window);
    }

    /** One question on its way to an answer. */
    private final class Asking {
        private final String question;
        private final Thinking thinking;
        private final Consumer<AnswerEvent> listener;
        private final Cancellation cancellation;
        private final Instant askedAt = Instant.now();
        private final long startedAt = System.nanoTime();
        private final StringBuilder draft = new StringBuilder();
        private final List<Citation> citations = new ArrayList<>();
        private Answer.Presence presence;
        private Answer.Drafting drafting;

        Asking(String question, Thinking thinking, Consumer<AnswerEvent> listener, Cancellation cancellation) {
            this.question = question;
            this.thinking = thinking;
            this.listener = listener;
            this.cancellation = cancellation;
        }

        Answer answer() {
            try {
                return answer(work());
            } catch (CancellationException e) {
                return answer(Outcome.STOPPED);
            } catch (EngineException e) {
                if (e.reason() == EngineException.Reason.SERVER
                        && !draft.toString().isBlank()) {
                    throw new AnswerBrokenOffException(answer(Outcome.STOPPED), e);
                }
                throw e;
            }
        }

        private Outcome work() {
            listener.accept(new AnswerEvent.Checking("Is it in the documents?"));
            presence = new Answer.Presence(
                    judge.presence(documents, question, AnswerEvent.Reading.from(listener), cancellation),
                    PRESENCE_THRESHOLD,
                    engine.givesLikelihoods() && engine.info().sha256().equals(CALIBRATED_FOR));
            boolean doubtful = presence.probability() < PRESENCE_THRESHOLD;
            draft(doubtful);
            if (doubtful && grounder.bestCoverage(draft.toString()) < RESTING_COVERAGE) {
                // What was drafted is no answer: asked about what is not there, a small model mostly says that it is.
                draft.setLength(0);
                return Outcome.NOT_FOUND;
            }
            cite();
            return citations.stream().anyMatch(Citation::isShown) ? Outcome.ANSWERED : Outcome.UNPROVED;
        }

        /** @param quietly whether the draft may come to nothing, and is better not shown while it is written */
        private void draft(boolean quietly) {
            try (Context context = documents.fork()) {
                context.append(Message.user(Prompts.draft(question)), AnswerEvent.Reading.from(listener), cancellation);
                GenerationEvent.Finished finished =
                        context.generate(request(), event -> drafted(event, quietly), cancellation);
                drafting = new Answer.Drafting(
                        finished.thinking(),
                        finished.thinkingTokens(),
                        finished.answerTokens(),
                        finished.tokensPerSecond());
            }
            cancellation.throwIfCancelled();
        }

        private GenerationRequest request() {
            boolean thinks = engine.thinks() && thinking.budget().tokens() > 0;
            return new GenerationRequest(DRAFT_TOKENS, thinks ? THINKING : Sampling.GREEDY, List.of(), thinking);
        }

        private void drafted(GenerationEvent event, boolean quietly) {
            if (event instanceof GenerationEvent.Thought thought) {
                listener.accept(new AnswerEvent.Thinking(thought.text(), thought.tokens(), thought.tokensPerSecond()));
            } else if (event instanceof GenerationEvent.Text text) {
                draft.append(text.text());
                if (!quietly) {
                    listener.accept(new AnswerEvent.Drafting(text.text(), text.tokens(), text.tokensPerSecond()));
                }
            }
        }

        private void cite() {
            List<String> claims = sentences(draft.toString());
            citeQuotations(claims);
            List<Ground> candidates = grounder.candidates(question, draft.toString());
            List<Judged> judged = new ArrayList<>();
            try (Judge.Bench bench = judge.bench(question, cancellation)) {
                for (Ground ground : candidates) {
                    listener.accept(new AnswerEvent.Checking(
                            "Weighing passage %d of %d".formatted(judged.size() + 1, candidates.size())));
                    judged.add(
                            new Judged(ground, bench.relevance(ground), grounder.coverage(draft.toString(), ground)));
                }
            }
            List<Citation> proofs = judged.stream()
                    .filter(each -> each.evidence() >= EVIDENCE_THRESHOLD && each.coverage() >= LEAST_COVERAGE)
                    .sorted(Comparator.comparingDouble(Judged::evidence).reversed())
                    .map(Judged::ground)
                    .filter(this::isToBeShown)
                    .limit(MOST_PASSAGES)
                    .map(ground -> proof(ground, claims))
                    .toList();
            List<Citation> bearing = proofs.stream()
                    .filter(proof -> proof.support() == Support.YES)
                    .toList();
            // Passages that are on the subject but do not bear the claim out are shown only for want of better.
            (bearing.isEmpty() ? proofs.stream().limit(1) : bearing.stream()).forEach(this::add);
        }

        /** The words that the model put between quotation marks are looked up like anybody else's. */
        private void citeQuotations(List<String> claims) {
            Matcher quoted = QUOTED.matcher(draft);
            while (quoted.find()) {
                String written = quoted.group(1) == null ? quoted.group(2) : quoted.group(1);
                if (Words.in(written).size() < FEWEST_QUOTED_WORDS) {
                    continue;
                }
                QuoteVerifier.Result result = verifier.verify(written);
                String claim = claims.stream()
                        .filter(sentence -> sentence.contains(written))
                        .findFirst()
                        .orElse("");
                add(new Citation(1, claim, written, result.verbatim(), Support.UNCHECKED, result.passage()));
            }
        }

        /** Looks the words up once more, as if the model had written them, and leaves out what is shown already. */
        private boolean isToBeShown(Ground ground) {
            Optional<Passage> passage = ground.source().passage(ground.span());
            QuoteVerifier.Result again = verifier.verify(
                    ground.words(), ground.source().named().document().id());
            return passage.isPresent()
                    && again.verbatim() == Verbatim.VERIFIED
                    && citations.stream()
                            .filter(Citation::isShown)
                            .map(Citation::passage)
                            .noneMatch(shown -> shown.documentId()
                                            .equals(passage.get().documentId())
                                    && shown.span().contains(passage.get().span()));
        }

        private Citation proof(Ground ground, List<String> claims) {
            Passage passage = ground.source().passage(ground.span()).orElseThrow();
            String claim = claims.stream()
                    .max(Comparator.comparingDouble(sentence -> grounder.coverage(sentence, ground)))
                    .orElse("");
            return new Citation(1, claim, "", Verbatim.VERIFIED, support(claim, ground), passage);
        }

        private Support support(String claim, Ground ground) {
            if (claim.isEmpty()) {
                return Support.UNCHECKED;
            }
            boolean bears = grounder.coverage(claim, ground) >= SUPPORT_COVERAGE
                    && judge.support(claim, ground, cancellation) >= SUPPORT_THRESHOLD;
            return bears ? Support.YES : Support.WEAK;
        }

        /** Adds a citation under the next number. */
        private void add(Citation citation) {
            citations.add(new Citation(
                    citations.size() + 1,
                    citation.claim(),
                    citation.written(),
                    citation.verbatim(),
                    citation.support(),
                    citation.passage()));
        }

        private Answer answer(Outcome outcome) {
            EngineInfo info = engine.info();
            return new Answer(
                    UUID.randomUUID().toString(),
                    question,
                    outcome,
                    draft.toString().strip(),
                    citations,
                    presence,
                    drafting,
                    coverage,
                    Answer.Model.of(info),
                    askedAt,
                    (System.nanoTime() - startedAt) / 1e9);
        }
    }

    /**
     * A passage and what speaks for it.
     *
     * @param relevance how likely the model finds it to answer the question
     * @param coverage which part of the draft's words it holds
     */
    private record Judged(Ground ground, double relevance, double coverage) {
        double evidence() {
            return relevance + coverage;
        }
    }

    private static List<String> sentences(String text) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        breaks.setText(text);
        List<String> sentences = new ArrayList<>();
        int start = 0;
        for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
            String sentence = text.substring(start, end).strip();
            if (!sentence.isEmpty()) {
                sentences.add(sentence);
            }
            start = end;
        }
        return sentences;
    }
}
