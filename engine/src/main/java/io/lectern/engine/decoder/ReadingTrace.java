package io.lectern.engine.decoder;

import java.util.Map;

/**
 * What passed through a decoder while it read.
 *
 * @param lastLogits of the token after the last
 * @param logitsAt those behind each of the positions that were asked for, row after row
 * @param lastHidden of the last token: the stream before each layer, and for the number of layers that behind the last norm
 * @param lightningStates behind the last token: {heads, key dimension, value dimension} of each layer of Lightning attention,
 *     row after row
 */
public record ReadingTrace(
        float[] lastLogits, float[] logitsAt, Map<Integer, float[]> lastHidden, Map<Integer, float[]> lightningStates) {
    public ReadingTrace {
        lastHidden = Map.copyOf(lastHidden);
        lightningStates = Map.copyOf(lightningStates);
    }
}
