package io.lectern.app.report;

import java.util.List;

/**
 * What re-checking an exported report came to.
 *
 * @param quotations how many quotations the report shows
 * @param verified how many of them stand verbatim at their place in the sources
 * @param problems everything that speaks against the report; empty if it holds
 * @param notes what a person should know although it speaks against nothing
 */
public record Verification(int quotations, int verified, List<Problem> problems, List<String> notes) {

    /** The kinds of problems. */
    public enum Kind {
        /** The quoted words do not stand at the span given. */
        QUOTATION,
        /** The words stand there, but the address given is not theirs. */
        LOCATOR,
        /** No file below the given places has the hash that the report names. */
        MISSING_SOURCE,
        /** A file of that name is there, but its content is another. */
        CHANGED_SOURCE,
        /** The source is there but can no longer be read as it was. */
        UNREADABLE_SOURCE,
        /** The report was changed after it was written. */
        CHANGED_REPORT
    }

    /**
     * One thing that does not hold.
     *
     * @param answer number of the answer in the report; 0 if it concerns none
     * @param citation number of the citation within the answer; 0 if it concerns none
     * @param document name of the document in the report; empty if it concerns none
     * @param message what differs, in words; names the words in question, so it is for the user and not for a log
     */
    public record Problem(Kind kind, int answer, int citation, String document, String message) {

        /** One line for people: "answer 2, citation 1 (lease.pdf): …". */
        public String describe() {
            StringBuilder line = new StringBuilder();
            if (answer > 0) {
                line.append("answer ").append(answer);
                line.append(citation > 0 ? ", citation " + citation : "");
            }
            if (!document.isEmpty()) {
                line.append(line.isEmpty() ? document : " (" + document + ")");
            }
            return line.isEmpty() ? message : line + ": " + message;
        }
    }

    public Verification {
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /** Whether every quotation was found in its source and nothing in the report was changed. */
    public boolean passed() {
        return problems.isEmpty();
    }
}
