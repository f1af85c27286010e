package io.lectern.engine.generate;

import java.util.List;

/**
 * Lets text through until a stop string appears in it. What might be the beginning of one is held back until it is known,
 * so that no part of a stop string is ever shown.
 */
public final class StopStrings {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;
    private int dropped;

    /** Empty strings are not looked for. */
    public StopStrings(List<String> stops) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }

    /** The text that can be shown now, with what was held back before. */
    public String add(String text) {
        if (stopped) {
            return "";
        }
        held.append(text);
        int first = firstStop();
        if (first >= 0) {
            stopped = true;
            String shown = held.substring(0, first);
            dropped = held.length() - first;
            held.setLength(0);
            return shown;
        }
        int safe = held.length() - longestBeginningAtEnd();
        String shown = held.substring(0, safe);
        held.delete(0, safe);
        return shown;
    }

    /** The text that was held back and turned out to be no stop string, when writing ends for another reason. */
    public String finish() {
        String shown = held.toString();
        held.setLength(0);
        return shown;
    }

    /** Whether a stop string has appeared. */
    public boolean stopped() {
        return stopped;
    }

    /** Characters from the beginning of the stop string to the end of what was added. */
    public int dropped() {
        return dropped;
    }

    private int firstStop() {
        return stops.stream()
                .mapToInt(held::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    private int longestBeginningAtEnd() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (held.substring(held.length() - length).equals(stop.substring(0, length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
