/**
 * What a model computes and how fast, measured on token ids, so that models without a tokenizer can be measured too: parity
 * with a reference's numbers, and benchmarks.
 */
package io.lectern.engine.measure;
