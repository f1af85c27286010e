/** Walking folders and source trees: what is read, what is left out, and why. */
package io.lectern.ingest.repository;
