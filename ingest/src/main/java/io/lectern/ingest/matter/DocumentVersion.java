package io.lectern.ingest.matter;

import io.lectern.ingest.document.DocumentId;
import java.time.Instant;

/**
 * What a path held at a time.
 *
 * @param documentId its content then
 * @param readAt when Lectern last looked into the file and found that content
 */
public record DocumentVersion(DocumentId documentId, Instant readAt) {}
