package io.lectern.app.analysis;

import io.lectern.ingest.document.Document;

/**
 * A document under the name that people know it by.
 *
 * @param name its name in the library, such as its path within the matter
 * @param document what was read of it
 */
public record NamedDocument(String name, Document document) {}
