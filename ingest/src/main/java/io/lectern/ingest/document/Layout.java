package io.lectern.ingest.document;

/** The address book of a document: leads from any span of its text to the place in its source. */
public sealed interface Layout permits PageLayout, ParagraphLayout, LineLayout {

    /**
     * Where a span stands.
     *
     * @param span a non-empty range of {@link Document#text()}
     */
    Locator locate(Span span);
}
