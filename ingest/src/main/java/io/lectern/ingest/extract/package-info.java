/**
 * Files in, documents out. {@link io.lectern.ingest.extract.DocumentReader} is the front door: it decides by content what
 * a file is and hands it to the {@link io.lectern.ingest.extract.Extractor} of its family, one package each.
 */
package io.lectern.ingest.extract;
