package io.lectern.app.desktop.task;

import io.lectern.app.analysis.DoesNotFitException;
import io.lectern.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that the user must hear of, mostly that something went wrong, in words to act on.
 *
 * @param message what is so and what can be done
 * @param kind what a window can offer about it
 */
public record Problem(String message, Kind kind) {
    private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

    /** What a window can offer. */
    public enum Kind {
        /** The selection is larger than the model's window: select less, or use another model. */
        DOES_NOT_FIT,
        /** There is no model: obtain one or choose a file. */
        MODEL_MISSING,
        /** Nothing but the message. */
        OTHER,
        /** Nothing went wrong: a word about what was done. */
        DONE
    }

    public Problem(String message) {
        this(message, Kind.OTHER);
    }

    /** A word about what was done. */
    public static Problem done(String message) {
        return new Problem(message, Kind.DONE);
    }

    /**
     * What a failure means to the user. The messages of Lectern's own unchecked exceptions are written for people and
     * taken as they are; anything else is a defect, logged with its place, of which people see one sentence.
     *
     * @param doing what was being done, such as "Reading contract.pdf"
     */
    public static Problem of(String doing, Throwable failure) {
        return switch (failure) {
            case EngineException e ->
                new Problem(
                        e.getMessage(),
                        switch (e.reason()) {
                            case DOES_NOT_FIT -> Kind.DOES_NOT_FIT;
                            case MODEL_MISSING -> Kind.MODEL_MISSING;
                            case MODEL_UNUSABLE, DEVICE_MISSING, SERVER, FAILED -> Kind.OTHER;
                        });
            case DoesNotFitException e -> new Problem(e.getMessage(), Kind.DOES_NOT_FIT);
            case UncheckedIOException e ->
                new Problem(doing + " failed: " + e.getCause().getMessage());
            case IOException e -> new Problem(doing + " failed: " + e.getMessage());
            case OutOfMemoryError e ->
                new Problem(doing + " needs more memory than this machine gives. Close other programs or select less.");
            default -> {
                boolean ours = failure.getClass().getName().startsWith("io.lectern.");
                if (!ours) {
                    // Where, but not the message: a library may have put words of a document into it.
                    LOG.warn("unforeseen {} at {}", failure.getClass().getName(), List.of(failure.getStackTrace()));
                }
                yield new Problem(
                        ours
                                ? failure.getMessage()
                                : doing + " failed for a reason that Lectern did not foresee ("
                                        + failure.getClass().getSimpleName() + ").");
            }
        };
    }
}
