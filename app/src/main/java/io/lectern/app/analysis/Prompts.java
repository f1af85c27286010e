package io.lectern.app.analysis;

import io.lectern.app.analysis.Grounder.Ground;

/** Everything that is said to the model, in one place. */
final class Prompts {
    /** The model's role while it reads and drafts. */
    static final String READER = "You answer questions about documents. Use only what the documents say.";

    /** The model's role while it judges a passage. */
    static final String JUDGE = "You judge passages of documents. Answer with Yes or No.";

    private Prompts() {}

    static String presence(String question) {
        return "Question: " + question
                + "\n\nDo the documents above say anything that answers this question? Answer Yes or No.";
    }

    static String draft(String question) {
        return "Question: " + question
                + "\n\nAnswer in one or two sentences, with the words of the document that says so.";
    }

    static String judged(String question) {
        return "Question: " + question + "\n\n";
    }

    static String relevance(Ground ground) {
        return excerpt(ground) + "\n\nDoes this passage answer the question? Answer Yes or No.";
    }

    static String support(String claim, Ground ground) {
        return excerpt(ground) + "\n\nStatement: " + claim
                + "\n\nDoes the passage say what the statement says? Answer Yes or No.";
    }

    private static String excerpt(Ground ground) {
        return "Passage (" + ground.place() + "):\n\"" + ground.words() + "\"";
    }
}
