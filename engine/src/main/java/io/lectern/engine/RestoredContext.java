package io.lectern.engine;

import java.util.List;

/**
 * What came of looking for a snapshot.
 *
 * @param context goes on where the one that was saved had been; empty if there was nothing to restore
 * @param messages how many of the messages it has read
 * @param seconds that it took
 * @param passedOver why snapshots that might have served were not used, in sentences for people
 */
public record RestoredContext(Context context, int messages, double seconds, List<String> passedOver) {
    public RestoredContext {
        passedOver = List.copyOf(passedOver);
    }
}
