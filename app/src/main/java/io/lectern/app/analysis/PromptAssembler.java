package io.lectern.app.analysis;

import io.lectern.engine.EngineInfo;
import io.lectern.engine.Tokenizer;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.MappedText;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.matter.LibraryEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the selected documents into a prompt: whole, first, in a stable order and byte for byte the same each time, so that
 * one reading of them serves every question. What does not fit the window is refused with the numbers, never cut.
 *
 * <p>Each document stands between the markers {@code <document number="1" name="…">} and {@code </document>}. Where a
 * document's own text looks like such a marker, its angle bracket is shown to the model as ‹, so that no document can
 * end itself or pretend to be another; the prompt's map still leads to the words as they are.
 */
public final class PromptAssembler {
    /** Tokens of the window that are kept for the model's role, a question and its answer. */
    public static final int RESERVED_TOKENS = 1024;

    private static final Pattern MARKER = Pattern.compile("<(?=[\\s/]*document\\b)", Pattern.CASE_INSENSITIVE);

    /** By name as people sort them, then by content, so that the order of selecting does not matter. */
    private static final Comparator<NamedDocument> ORDER = Comparator.comparing(
                    NamedDocument::name, String.CASE_INSENSITIVE_ORDER)
            .thenComparing(NamedDocument::name)
            .thenComparing(named -> named.document().id().sha256());

    private final Tokenizer tokenizer;
    private final int window;

    /** For a model's tokenizer and window. */
    public PromptAssembler(Tokenizer tokenizer, EngineInfo info) {
        this.tokenizer = tokenizer;
        this.window = info.contextWindow();
    }

    /** Tokens that a document takes in a prompt, with its markers. */
    public static int tokens(Tokenizer tokenizer, NamedDocument document) {
        return assembled(tokenizer, List.of(new Source(document))).tokens();
    }

    /**
     * Refuses a selection that counts made earlier show to be too large, before any document is loaded and counted again. A
     * count may have been made under another number in the prompt or another name, so what is near the limit passes and is
     * left to {@link #assemble}, which counts exactly.
     *
     * @param counted tokens of documents as counted earlier with the engine's tokenizer; documents may be missing
     * @throws DoesNotFitException if the selection cannot fit
     */
    public static void refuseTooLarge(Selection selection, Map<DocumentId, Integer> counted, EngineInfo engine) {
        List<DoesNotFitException.Size> sizes = new ArrayList<>();
        long excess = RESERVED_TOKENS - engine.contextWindow();
        for (LibraryEntry entry : selection.chosen()) {
            Integer tokens = counted.get(entry.documentId());
            if (tokens == null) {
                return;
            }
            sizes.add(new DoesNotFitException.Size(entry.name(), tokens));
            // A token of a marker is at least a character of it.
            excess += tokens - marker(Integer.MAX_VALUE, entry.name()).length();
        }
        if (excess > 0) {
            throw new DoesNotFitException(sizes, RESERVED_TOKENS, engine.contextWindow());
        }
    }

    /**
     * The prompt of some documents.
     *
     * @throws DoesNotFitException if they do not fit the window with {@link #RESERVED_TOKENS} to spare
     */
    Prompt assemble(List<NamedDocument> documents) {
        Prompt prompt = assembled(
                tokenizer, documents.stream().sorted(ORDER).map(Source::new).toList());
        if (prompt.tokens() + RESERVED_TOKENS > window) {
            throw new DoesNotFitException(
                    prompt.parts().stream()
                            .map(part ->
                                    new DoesNotFitException.Size(part.source().name(), part.tokens()))
                            .toList(),
                    RESERVED_TOKENS,
                    window);
        }
        return prompt;
    }

    private static Prompt assembled(Tokenizer tokenizer, List<Source> sources) {
        StringBuilder text = new StringBuilder();
        List<Prompt.Part> parts = new ArrayList<>();
        for (Source source : sources) {
            int start = text.length();
            int number = parts.size() + 1;
            text.append(marker(number, source.name()));
            int contentStart = text.length();
            MappedText content = withoutMarkers(source.view().text());
            text.append(content.text());
            text.append(content.text().endsWith("\n") ? "" : "\n").append("</document>\n\n");
            int tokens = tokenizer.count(text.substring(start));
            parts.add(new Prompt.Part(source, number, contentStart, content, text.length(), tokens));
        }
        return new Prompt(text.toString(), parts);
    }

    private static String marker(int number, String name) {
        return "<document number=\"%d\" name=\"%s\">\n".formatted(number, attribute(name));
    }

    private static MappedText withoutMarkers(String view) {
        MappedText.Builder content = new MappedText.Builder();
        Matcher marker = MARKER.matcher(view);
        int from = 0;
        while (marker.find()) {
            content.copy(view, new Span(from, marker.start()));
            content.replace(new Span(marker.start(), marker.end()), "‹");
            from = marker.end();
        }
        return content.copy(view, new Span(from, view.length())).build();
    }

    /** A file's name may hold anything; between the marker's quotation marks it must stay one line. */
    private static String attribute(String name) {
        return name.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ")
                .replace('"', '\'')
                .replace('<', '‹')
                .replace('>', '›');
    }
}
