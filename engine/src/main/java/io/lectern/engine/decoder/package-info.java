/**
 * The decoder: a list of layers, each a mixer and a feed-forward, over weights that stay memory-mapped or are packed
 * once. It turns tokens into logits and remembers what it has read.
 */
package io.lectern.engine.decoder;
