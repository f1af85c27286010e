/**
 * The vocabulary of the whole program: what a document is once it has been read. Immutable records, no files, no
 * libraries of any format. Every offset is a UTF-16 code unit index into {@link io.lectern.ingest.document.Document#text()}.
 */
package io.lectern.ingest.document;
