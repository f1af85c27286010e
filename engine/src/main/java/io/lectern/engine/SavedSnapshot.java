package io.lectern.engine;

/**
 * A context as it is kept on disk.
 *
 * @param id by which it can be restored
 * @param tokens in it
 * @param bytesWritten for it; what an earlier snapshot of the same reading holds is not written again
 */
public record SavedSnapshot(String id, int tokens, long bytesWritten) {}
