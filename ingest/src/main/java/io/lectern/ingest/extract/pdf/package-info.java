/**
 * PDF: text with the place of every character on its page, what is hidden or repeated, what could not be read, and the
 * pages as pictures.
 */
package io.lectern.ingest.extract.pdf;
