package io.lectern.app.cli;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.AnswerEvent;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.PassagePieces;
import io.lectern.engine.Thinking;
import io.lectern.ingest.matter.Matter;
import java.util.Locale;

/** Shows answers on a terminal, while they are made and when they are there. */
final class Answering {
    private final Terminal terminal;
    private final Thinking thinking;
    private final boolean showsThinking;
    private final StringBuilder thought = new StringBuilder();

    /**
     * @param thinking leave to think before the answer
     * @param showsThinking whether to show what the model thinks
     */
    Answering(Terminal terminal, Thinking thinking, boolean showsThinking) {
        this.terminal = terminal;
        this.thinking = thinking;
        this.showsThinking = showsThinking;
    }

    Thinking thinking() {
        return thinking;
    }

    /** Says what is going on. */
    void progress(AnswerEvent event) {
        if (event instanceof AnswerEvent.Thinking more && showsThinking) {
            thought.append(more.text());
            showWholeLines();
        } else {
            end();
        }
        switch (event) {
            case AnswerEvent.Reading r ->
                terminal.progress("reading %,d of %,d tokens, %.0f tokens/s, %s left"
                        .formatted(
                                r.doneTokens(),
                                r.totalTokens(),
                                r.tokensPerSecond(),
                                duration((r.totalTokens() - r.doneTokens()) / Math.max(1, r.tokensPerSecond()))));
            case AnswerEvent.Thinking t ->
                terminal.progress("thinking, %,d of at most %,d tokens, %.0f tokens/s, %s left at most"
                        .formatted(
                                t.tokens(),
                                thinking.budget().tokens(),
                                t.tokensPerSecond(),
                                duration(Math.max(0, thinking.budget().tokens() - t.tokens())
                                        / Math.max(1, t.tokensPerSecond()))));
            case AnswerEvent.Drafting d ->
                terminal.progress("writing, %,d tokens, %.0f tokens/s".formatted(d.tokens(), d.tokensPerSecond()));
            case AnswerEvent.TakenUp t ->
                terminal.remark(String.format(
                        Locale.ROOT,
                        "restored %,d tokens in %.1f s from what was read before",
                        t.tokens(),
                        t.seconds()));
            case AnswerEvent.Remark r -> terminal.remark(r.text());
            case AnswerEvent.Checking c -> terminal.progress(c.what());
            case AnswerEvent.Answered _ -> {
                // shown by whoever asked
            }
        }
    }

    /** Shows the last line of thinking, which nothing follows. */
    void end() {
        if (!thought.isEmpty()) {
            thought.append('\n');
            showWholeLines();
        }
    }

    private void showWholeLines() {
        for (int end = thought.indexOf("\n"); end >= 0; end = thought.indexOf("\n")) {
            terminal.remark("   | " + thought.substring(0, end));
            thought.delete(0, end + 1);
        }
    }

    /**
     * An answer for people: what came of it, the text, each citation with both marks, the coverage.
     *
     * @param matter holds the documents that the answer cites
     */
    static void show(Terminal terminal, Answer answer, Matter matter) {
        terminal.print("");
        terminal.print("Q  " + answer.question());
        terminal.print("   " + outcome(answer));
        if (!answer.text().isBlank()) {
            terminal.print("   In the model's words: " + answer.text().strip().replace("\n", "\n   "));
        }
        for (Citation citation : answer.citations()) {
            if (citation.isShown()) {
                terminal.print("   [%d] “%s”"
                        .formatted(
                                citation.number(),
                                PassagePieces.plain(
                                        citation.passage(),
                                        matter.document(citation.passage().documentId())
                                                .typedSpans())));
                terminal.print("       %s, %s · verbatim: %s · support: %s"
                        .formatted(
                                citation.passage().documentName(),
                                citation.passage().locator().label(),
                                words(citation.verbatim()),
                                words(citation.support())));
            } else {
                terminal.print("   [%d] the model put words between quotation marks that stand nowhere in what was read"
                        .formatted(citation.number()));
            }
        }
        if (answer.hasThought()) {
            terminal.print("   Thought for %,d tokens before it answered."
                    .formatted(answer.drafting().thinkingTokens()));
        }
        terminal.print("   Read: " + answer.coverage().summary());
        if (!answer.model().local()) {
            terminal.print("   Text went to " + answer.model().runsOn() + ".");
        }
    }

    /** What came of a question, in a sentence. */
    static String outcome(Answer answer) {
        return switch (answer.outcome()) {
            case ANSWERED -> "Answered.";
            case NOT_FOUND -> "Not found in what was read.";
            case UNPROVED -> "Unproved: no passage was found that the model's answer can rest on.";
            case STOPPED -> "Stopped.";
        };
    }

    private static String words(Enum<?> mark) {
        return mark.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String duration(double seconds) {
        return seconds < 90 ? "%.0f s".formatted(seconds) : "%.0f min".formatted(seconds / 60);
    }
}
