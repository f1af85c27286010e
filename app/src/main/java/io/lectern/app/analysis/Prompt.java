package io.lectern.app.analysis;

import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.Span;
import java.util.List;
import java.util.Optional;

/**
 * What a model is given to read before any question: the selected documents, whole, each between markers that name it.
 *
 * @param text the words of the prompt's first part
 * @param parts the documents in it, in order
 */
record Prompt(String text, List<Part> parts) {

    /**
     * A document in the prompt.
     *
     * @param source the document
     * @param number by which the marker names it, counted from 1
     * @param contentStart offset of its first character in the prompt's text
     * @param content what stands there; its source is the document's reading view
     * @param end offset behind its closing marker
     * @param tokens of the document with its markers
     */
    record Part(Source source, int number, int contentStart, MappedText content, int end, int tokens) {
        Span contentSpan() {
            return new Span(contentStart, contentStart + content.length());
        }
    }

    Prompt {
        parts = List.copyOf(parts);
    }

    int tokens() {
        return parts.stream().mapToInt(Part::tokens).sum();
    }

    /**
     * The passage of a document behind a stretch of the prompt; the first one's if it runs over several documents.
     *
     * @return empty if the stretch lies in the markers
     */
    Optional<Passage> passageAt(Span ofPrompt) {
        for (Part part : parts) {
            Span content = part.contentSpan();
            if (content.overlaps(ofPrompt)) {
                Span inContent = new Span(
                        Math.max(ofPrompt.start(), content.start()) - content.start(),
                        Math.min(ofPrompt.end(), content.end()) - content.start());
                return part.source().passage(part.content().toSource(inContent));
            }
        }
        return Optional.empty();
    }
}
