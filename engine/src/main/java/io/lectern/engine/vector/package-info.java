/**
 * One token at a time on the processor, in Java: products of matrices and vectors, and the layers made of them, over the
 * same native memory that the tensor runtime uses. Writing a token reads every weight once, so what counts is how fast
 * memory is read and how little time passes between two products (docs/decisions/0079).
 */
package io.lectern.engine.vector;
