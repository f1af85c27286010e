package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.app.desktop.theme.Amounts;

/** What outcomes and marks are called in the window. */
final class AnswerWords {
    private AnswerWords() {}

    static String of(Answer.Outcome outcome) {
        return switch (outcome) {
            case ANSWERED -> "Answered";
            case NOT_FOUND -> "Not found in what was read";
            case UNPROVED -> "Unproved: no passage was found that this rests on";
            case STOPPED -> "Stopped before it was finished";
        };
    }

    static String of(Verbatim verbatim) {
        return switch (verbatim) {
            case VERIFIED -> "Verbatim";
            case REPAIRED -> "Source’s own words; the model’s differed";
            case NOT_FOUND -> "Words not found";
        };
    }

    static String of(Support support) {
        return switch (support) {
            case YES -> "Supports the claim";
            case WEAK -> "Supports it weakly";
            case UNCHECKED -> "Support not checked";
        };
    }

    /** How much was thought, and how long it took where that is known. */
    static String thought(Answer.Drafting drafting) {
        String tokens = "Thought for " + Amounts.count(drafting.thinkingTokens(), "token", "tokens");
        return drafting.tokensPerSecond() > 0
                ? tokens + ", " + Amounts.duration(drafting.thinkingTokens() / drafting.tokensPerSecond())
                : tokens;
    }

    /** What was read, and by which model. */
    static String coverage(Answer answer) {
        Coverage coverage = answer.coverage();
        long pages = coverage.documents().stream()
                .filter(Coverage.Entry::read)
                .mapToInt(Coverage.Entry::pages)
                .sum();
        return "Read "
                + Amounts.count(coverage.documentsRead())
                + " of "
                + Amounts.count(coverage.documents().size(), "document", "documents")
                + (pages == 0 ? "" : ", " + Amounts.count(pages, "page", "pages"))
                + ", "
                + Amounts.count(coverage.tokensRead(), "token", "tokens");
    }
}
