/**
 * Matters on disk. A {@link io.lectern.ingest.matter.Matter} is one SQLite file: the documents that were read, where their
 * files lie, what was found, and an index of their words. Other modules add tables of their own through the same
 * transactions.
 */
package io.lectern.ingest.matter;
