package io.lectern.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.Cancellation;
import io.lectern.engine.Context;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.GenerationEvent;
import io.lectern.engine.GenerationEvent.FinishReason;
import io.lectern.engine.GenerationEvent.Finished;
import io.lectern.engine.GenerationRequest;
import io.lectern.engine.Message;
import io.lectern.engine.Sampling;
import io.lectern.engine.Thinking;
import io.lectern.engine.ThinkingBudget;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.GgufCheckpoint;
import io.lectern.engine.model.ModelTokenizer;
import io.lectern.engine.snapshot.ModelIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * What a context makes of a model's thinking, with a real tokenizer, in which the markers are several tokens, templates as
 * models have them, and a model whose every word is known.
 */
class ThinkingTest {
    private static final int WINDOW = 400;
    private static final int UNSPENT = 200;
    private static final String TURNS =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
                    + "{% if add_generation_prompt %}<|im_start|>assistant\n";
    /** The model begins to think by itself. */
    private static final String BY_ITSELF = "{# <think> #}" + TURNS + "{% endif %}";
    /** The template begins the thinking of a reply, and leaves it out of earlier ones. */
    private static final String OPENED = TURNS + "<think>\n{% endif %}";
    /** The template can be told to skip the thinking. */
    private static final String SWITCHED = TURNS
            + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}";
    /** Nothing is known of thinking. */
    private static final String PLAIN = TURNS + "{% endif %}";

    private static GgufCheckpoint checkpoint;
    private static ModelTokenizer tokenizer;

    private final List<ScriptedPast> pasts = new ArrayList<>();
    private final List<GenerationEvent> events = new ArrayList<>();
    private LocalEngine engine;
    private Context context;
    /** What the model goes on with after what it has written so far; empty to end its turn. */
    private UnaryOperator<String> script = written -> "";

    @BeforeContainer
    static void load() {
        checkpoint = GgufCheckpoint.open(TestModels.smolLm2());
        tokenizer = ModelTokenizer.of(checkpoint);
    }

    @AfterContainer
    static void unload() {
        tokenizer.close();
        checkpoint.close();
    }

    @AfterTry
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private void open(String template, UnaryOperator<String> said) {
        script = said;
        pasts.clear();
        engine = new LocalEngine(
                tokenizer,
                new ChatTemplate(template, "", "<|im_end|>"),
                WINDOW,
                0,
                () -> new EngineInfo("scripted", "", "", "", 0, WINDOW, 0, "this machine", true, true),
                () -> {
                    pasts.add(new ScriptedPast(checkpoint.config().vocabulary(), this::next));
                    return pasts.getLast();
                },
                ScriptedPast::laidOut,
                () -> new ModelIdentity(Map.of()),
                List.of());
        context = engine.newContext();
        context.append(Message.user("How much?"));
    }

    private int next(List<Integer> tokens) {
        String read =
                tokenizer.decode(tokens.stream().mapToInt(Integer::intValue).toArray());
        String written = read.substring(read.lastIndexOf("<|im_start|>assistant\n") + 22);
        String more = script.apply(written);
        return more.isEmpty()
                ? tokenizer.encodeTemplate("<|im_end|>")[0]
                : tokenizer.encode(more)[0];
    }

    /** Says exactly this. */
    private static UnaryOperator<String> says(String reply) {
        return written -> reply.startsWith(written) ? reply.substring(written.length()) : "";
    }

    /** Thinks, over and over, until something ends it, and then gives this answer. */
    private static UnaryOperator<String> muses(String thought, String answer) {
        return written -> {
            int end = written.lastIndexOf("</think>\n\n");
            if (end >= 0) {
                return says(answer).apply(written.substring(end + 10));
            }
            String musing = "<think>\n" + thought.repeat(400);
            return musing.startsWith(written) ? musing.substring(written.length()) : thought;
        };
    }

    private Finished generate(Thinking thinking) {
        return generate(new GenerationRequest(50, Sampling.GREEDY, List.of(), thinking), event -> {});
    }

    private Finished generate(int budget) {
        return generate(new Thinking(new ThinkingBudget(budget)));
    }

    private Finished generate(GenerationRequest request, Consumer<GenerationEvent> listener) {
        return generate(request, listener, new Cancellation());
    }

    private Finished generate(
            GenerationRequest request, Consumer<GenerationEvent> listener, Cancellation cancellation) {
        events.clear();
        Finished finished = context.generate(
                request,
                event -> {
                    events.add(event);
                    listener.accept(event);
                },
                cancellation);
        assertThat(finished.text()).doesNotContain("<think>", "</think>");
        assertThat(shown(GenerationEvent.Text.class)).isEqualTo(finished.text());
        assertThat(shown(GenerationEvent.Thought.class)).isEqualTo(finished.thinking());
        return finished;
    }

    private String shown(Class<? extends GenerationEvent> kind) {
        return events.stream()
                .filter(kind::isInstance)
                .map(event -> switch (event) {
                    case GenerationEvent.Text text -> text.text();
                    case GenerationEvent.Thought thought -> thought.text();
                    default -> "";
                })
                .collect(Collectors.joining());
    }

    /** Everything that the context holds, after a further message. */
    private String readOn() {
        context.append(Message.user("Why?"));
        String read = tokenizer.decode(pasts.getFirst().tokens());
        assertThat(context.tokenCount()).isEqualTo(pasts.getFirst().length());
        return read.substring(read.indexOf("How much?"));
    }

    private static int tokens(String text) {
        return tokenizer.encodeTemplate(text).length;
    }

    @Example
    void thinkingAndAnswerAreEventsAndCountsOfTheirOwn() {
        open(BY_ITSELF, says("<think>\nIs it 900?\nIt is.\n</think>\n\nIt is 900."));
        assertThat(engine.thinks()).isTrue();
        Finished finished = generate(100);
        assertThat(finished.reason()).isEqualTo(FinishReason.END_OF_TURN);
        assertThat(finished.thinking()).isEqualTo("Is it 900?\nIt is.");
        assertThat(finished.text()).isEqualTo("It is 900.");
        assertThat(finished.answerTokens()).isBetween(tokens("It is 900."), tokens("\n\nIt is 900.") + 1);
        assertThat(context.tokenCount()).isEqualTo(finished.promptTokens() + finished.generatedTokens());
        GenerationEvent.Text last = (GenerationEvent.Text) events.get(events.size() - 2);
        assertThat(last.tokens()).isEqualTo(finished.answerTokens());
        assertThat(readOn())
                .isEqualTo("How much?<|im_end|>\n<|im_start|>assistant\n<think>\nIs it 900?\nIt is.\n</think>\n\nIt is"
                        + " 900.<|im_end|>\n<|im_start|>user\nWhy?");
    }

    @Example
    void aTemplateMayBeginTheThinkingAndForgetItLater() {
        open(OPENED, says("<think>\nIt is.\n</think>\n\nIt is 900."));
        Finished finished = generate(100);
        assertThat(finished.thinking()).isEqualTo("It is.");
        assertThat(finished.text()).isEqualTo("It is 900.");
        assertThat(readOn()).contains("assistant\n<think>\nIt is.\n</think>\n\nIt is 900.<|im_end|>\n<|im_start|>user");
        assertThat(generate(100).text()).isEqualTo("It is 900.");
    }

    @Example
    void aModelThatDoesNotThinkIsLeftAlone() {
        String reply = "\nTags: <think> and </think>, not more.\n";
        open(PLAIN, says(reply));
        assertThat(engine.thinks()).isFalse();
        Finished finished = context.generate(
                GenerationRequest.greedy(50).withThinking(new Thinking(ThinkingBudget.DEEP)),
                events::add,
                new Cancellation());
        assertThat(finished.text()).isEqualTo(reply);
        assertThat(finished.thinking()).isEmpty();
        assertThat(finished.thinkingTokens()).isZero();
        assertThat(readOn()).contains("assistant\n" + reply + "<|im_end|>");
    }

    @Example
    void aModelThatThinksUnexpectedlyIsToldApartAndHeldToItsBudgetTheSame() {
        open(PLAIN, says("<think>Hm.</think>\nYes."));
        assertThat(generate(100)).extracting(Finished::thinking, Finished::text).containsExactly("Hm.", "Yes.");
        engine.close();
        open(PLAIN, muses("I wonder. ", "Yes."));
        assertThat(generate(0)).extracting(Finished::thinking, Finished::text).containsExactly("", "Yes.");
    }

    @Example
    void aSpentBudgetEndsTheThinkingAtTheEndOfItsLine() {
        open(BY_ITSELF, muses("I wonder about that.\n", "It is 900."));
        Finished finished = generate(30);
        assertThat(finished.text()).isEqualTo("It is 900.");
        assertThat(finished.thinking()).endsWith("about that.");
        assertThat(finished.thinkingTokens()).isBetween(30, 30 + Reply.GRACE + tokens("</think>\n\n"));
        assertThat(finished.answerTokens()).isEqualTo(tokens("It is 900."));
        assertThat(readOn()).contains("about that.\n</think>\n\nIt is 900.<|im_end|>");
    }

    @Example
    void graceIsBounded() {
        open(BY_ITSELF, muses("I wonder. ", "It is 900."));
        Finished finished = generate(20);
        assertThat(finished.text()).isEqualTo("It is 900.");
        assertThat(finished.thinkingTokens()).isEqualTo(20 + Reply.GRACE + tokens("\n</think>\n\n"));
        assertThat(readOn()).contains("\n</think>\n\nIt is 900.<|im_end|>");
    }

    @Example
    void aModelThatEndsItsTurnWhileItThinksAnswersAllTheSame() {
        open(BY_ITSELF, written -> {
            String thought = "<think>\nHm.";
            return written.contains("</think>")
                    ? says(thought + "\n</think>\n\n900.").apply(written)
                    : says(thought).apply(written);
        });
        Finished finished = generate(100);
        assertThat(finished.reason()).isEqualTo(FinishReason.END_OF_TURN);
        assertThat(finished.thinking()).isEqualTo("Hm.");
        assertThat(finished.text()).isEqualTo("900.");
    }

    @Example
    void withoutABudgetAnEmptyThinkingIsWrittenInTheFormThatTheModelKnows() {
        for (String template : List.of(BY_ITSELF, OPENED, SWITCHED)) {
            open(template, muses("I wonder.\n", "It is 900."));
            Finished finished = generate(0);
            assertThat(finished.text()).isEqualTo("It is 900.");
            assertThat(finished.thinking()).isEmpty();
            assertThat(readOn()).contains("assistant\n<think>\n\n</think>\n\nIt is 900.<|im_end|>");
            engine.close();
        }
    }

    @Example
    void theAnswerCanBeHadNow() throws InterruptedException {
        open(BY_ITSELF, muses("I wonder. ", "It is 900."));
        Thinking thinking = new Thinking(ThinkingBudget.STANDARD);
        Finished finished = generate(new GenerationRequest(50, Sampling.GREEDY, List.of(), thinking), event -> {
            if (event instanceof GenerationEvent.Thought thought && thought.tokens() == 12) {
                Thread other = Thread.ofVirtual().start(thinking::answerNow);
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        assertThat(finished.text()).isEqualTo("It is 900.");
        assertThat(finished.thinkingTokens()).isEqualTo(12 + tokens("\n</think>\n\n"));
        assertThat(generate(thinking).thinking()).isEmpty();
    }

    @Example
    void theWindowKeepsRoomForTheAnswer() {
        open(BY_ITSELF, muses("I wonder. ", "It is 900."));
        Finished finished = generate(new Thinking(ThinkingBudget.DEEP));
        assertThat(finished.reason()).isEqualTo(FinishReason.END_OF_TURN);
        assertThat(finished.text()).isEqualTo("It is 900.");
        assertThat(finished.promptTokens() + finished.thinkingTokens()).isBetween(WINDOW - 100, WINDOW - 50);
    }

    @Example
    void aWindowWithoutRoomForThinkingOrAnswerIsFull() {
        open(BY_ITSELF, muses("I wonder. ", "It is 900."));
        context.append(Message.user(" word".repeat(WINDOW - context.tokenCount() - 12)));
        int before = context.tokenCount();
        Finished finished = generate(100);
        assertThat(finished.reason()).isEqualTo(FinishReason.WINDOW_FULL);
        assertThat(finished.generatedTokens()).isZero();
        assertThat(context.tokenCount()).isEqualTo(before);
    }

    @Example
    void stopStringsAreOfTheAnswerOnly() {
        open(BY_ITSELF, says("<think>\nStop? No.\n</think>\n\nIt is 900. Stop here."));
        Finished finished = generate(
                new GenerationRequest(50, Sampling.GREEDY, List.of("top"), new Thinking(ThinkingBudget.BRIEF)),
                event -> {});
        assertThat(finished.reason()).isEqualTo(FinishReason.STOP_STRING);
        assertThat(finished.thinking()).isEqualTo("Stop? No.");
        assertThat(finished.text()).isEqualTo("It is 900. S");
        assertThat(readOn()).contains("<think>\nStop? No.\n</think>\n\nIt is 900. S<|im_end|>\n<|im_start|>user");
    }

    @Example
    void theTokenLimitIsTheAnswers() {
        open(BY_ITSELF, says("<think>\nOne two three four.\n</think>\n\nOne two three four five."));
        Finished finished = generate(
                new GenerationRequest(3, Sampling.GREEDY, List.of(), new Thinking(ThinkingBudget.BRIEF)), event -> {});
        assertThat(finished.reason()).isEqualTo(FinishReason.TOKEN_LIMIT);
        assertThat(finished.thinking()).isEqualTo("One two three four.");
        assertThat(finished.answerTokens()).isEqualTo(3);
        assertThat(finished.text()).startsWith("One");
    }

    @Example
    void aThinkingThatIsCalledOffIsClosedInTheContext() {
        open(BY_ITSELF, muses("I wonder. ", "It is 900."));
        Cancellation cancellation = new Cancellation();
        Finished finished = generate(
                new GenerationRequest(50, Sampling.GREEDY, List.of(), new Thinking(ThinkingBudget.BRIEF)),
                event -> {
                    if (event instanceof GenerationEvent.Thought thought && thought.tokens() > 10) {
                        cancellation.cancel();
                    }
                },
                cancellation);
        assertThat(finished.reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(finished.text()).isEmpty();
        assertThat(finished.thinking()).startsWith("I wonder.");
        assertThat(readOn()).contains("I wonder").contains("\n</think>\n\n<|im_end|>\n<|im_start|>user\nWhy?");
    }

    @Example
    void aModelThatBeginsToThinkAgainAndAgainEndsAllTheSame() {
        open(BY_ITSELF, written -> "<think>Hm.\n");
        Finished finished = generate(10);
        assertThat(finished.reason()).isEqualTo(FinishReason.TOKEN_LIMIT);
        assertThat(finished.answerTokens()).isEqualTo(50);
        assertThat(finished.thinkingTokens()).isLessThan(10 + Reply.GRACE + 10);
    }

    @Example
    void yesAndNoAreScoredBehindAnEmptyThinking() {
        for (String template : List.of(BY_ITSELF, OPENED, SWITCHED)) {
            open(template, written -> written.equals("<think>\n\n</think>\n\n") ? "Yes" : "No");
            double[] scores = context.score(List.of("Yes", "No"));
            assertThat(scores[0]).as(template).isGreaterThan(scores[1]);
            engine.close();
        }
        open(PLAIN, written -> written.isEmpty() ? "Yes" : "No");
        assertThat(context.score(List.of("Yes"))[0]).isGreaterThan(-2);
    }

    @Provide
    Arbitrary<String> replies() {
        return Arbitraries.of("<think>", "</think>", "<", "</", "think", ">", "\n", " ", "I wonder", "900.", "é")
                .list()
                .ofMaxSize(10)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 150)
    void noMarkerIsEverPartOfAnAnswerAndTheContextHoldsWhatWasWritten(
            @ForAll("replies") String reply, @ForAll("budgets") int budget, @ForAll boolean opened) {
        String whole = (opened ? "<think>\n" : "") + reply;
        open(opened ? OPENED : BY_ITSELF, says(whole));
        Finished finished = generate(budget);
        assertThat(finished.reason()).isEqualTo(FinishReason.END_OF_TURN);
        String read = readOn();
        assertThat(read).endsWith("<|im_end|>\n<|im_start|>user\nWhy?");
        if (budget == UNSPENT) {
            String written = read.substring(read.indexOf("assistant\n") + 10, read.lastIndexOf("<|im_end|>"));
            assertThat(List.of(whole, whole + "\n</think>\n\n", whole + "</think>\n\n"))
                    .contains(written);
        }
    }

    @Provide
    Arbitrary<Integer> budgets() {
        return Arbitraries.of(0, 5, UNSPENT);
    }
}
