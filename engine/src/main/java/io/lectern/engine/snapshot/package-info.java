/**
 * Contexts on disk: what a model has read, kept so that it need not be read again. A folder holds two kinds of encrypted
 * files, which are written once and never changed. A segment holds the tokens, keys and values of a range of tokens; a
 * checkpoint holds a manifest, which names the segments up to its point, and the states of fixed size at that point. Points
 * of one reading share their segments. A checkpoint is renamed into place after everything it needs is on disk, so it is
 * there whole or not at all; segments that no checkpoint names are cleared away at the next use. See
 * docs/decisions/0087.
 */
package io.lectern.engine.snapshot;
