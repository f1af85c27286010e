package io.lectern.app.analysis;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What an answer rests on.
 *
 * @param number counted from 1 within the answer
 * @param claim the sentence of the answer that it stands for
 * @param written the words as the model wrote them between quotation marks; empty where the program chose the passage
 * @param verbatim whether the words stand in the source
 * @param support whether they bear the claim
 * @param passage the source's own words with their address; null exactly when {@code verbatim} is NOT_FOUND
 */
public record Citation(int number, String claim, String written, Verbatim verbatim, Support support, Passage passage) {
    public Citation {
        if ((passage == null) != (verbatim == Verbatim.NOT_FOUND)) {
            throw new IllegalArgumentException("a citation has a passage unless its words were not found");
        }
    }

    /** Whether there is a passage to show. */
    @JsonIgnore
    public boolean isShown() {
        return passage != null;
    }
}
