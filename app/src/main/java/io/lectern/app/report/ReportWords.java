package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The words in which every report states its marks, so that all formats say the same. */
final class ReportWords {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private ReportWords() {}

    static String label(Answer.Outcome outcome) {
        return switch (outcome) {
            case ANSWERED -> "Answered";
            case NOT_FOUND -> "Not found in what was read";
            case UNPROVED -> "Unproved";
            case STOPPED -> "Stopped";
        };
    }

    static String explanation(Answer.Outcome outcome) {
        return switch (outcome) {
            case ANSWERED -> "The answer rests on the passages quoted below it.";
            case NOT_FOUND -> "The model finds nothing about it in the documents listed under coverage.";
            case UNPROVED ->
                "The model wrote an answer, but no passage was found that it can rest on. Do not rely on it.";
            case STOPPED -> "The answer was called off before it was complete.";
        };
    }

    static String label(Verbatim verbatim) {
        return switch (verbatim) {
            case VERIFIED -> "Verbatim";
            case REPAIRED -> "Source wording shown";
            case NOT_FOUND -> "Words not found";
        };
    }

    static String explanation(Verbatim verbatim) {
        return switch (verbatim) {
            case VERIFIED -> "The quoted words stand in the source at the place given.";
            case REPAIRED ->
                "The model’s wording differed a little; what is quoted are the source’s own words, which stand at the place given.";
            case NOT_FOUND ->
                "The model quoted words that stand nowhere in what was read. They are not shown as a quotation.";
        };
    }

    static String label(Support support) {
        return switch (support) {
            case YES -> "Supports the claim";
            case WEAK -> "Weak support";
            case UNCHECKED -> "Support not checked";
        };
    }

    static String explanation(Support support) {
        return switch (support) {
            case YES -> "Judged by the model to bear the claim it is cited for.";
            case WEAK -> "Judged by the model to bear the claim only in part or doubtfully.";
            case UNCHECKED -> "Nobody has judged whether the passage bears the claim.";
        };
    }

    /** How likely the model finds it that the documents answer the question; empty where it was not asked. */
    static String presence(Answer.Presence presence) {
        return presence == null
                ? ""
                : String.format(
                        Locale.ENGLISH,
                        "Likelihood that the documents deal with this, by the model: %.0f %% (threshold %.0f %%%s).",
                        100 * presence.probability(),
                        100 * presence.threshold(),
                        presence.calibrated() ? "" : ", not calibrated for this model");
    }

    static String model(Answer.Model model) {
        return model.quantization().isEmpty() ? model.name() : model.name() + " (" + model.quantization() + ")";
    }

    static String date(Instant instant) {
        return MINUTE.format(instant);
    }

    static String count(int number, String singular) {
        return String.format(Locale.ENGLISH, "%,d %s%s", number, singular, number == 1 ? "" : "s");
    }
}
