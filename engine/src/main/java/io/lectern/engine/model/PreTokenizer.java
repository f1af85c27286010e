package io.lectern.engine.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a text is cut into the words within which a vocabulary's merges apply. A GGUF file names the way; the patterns are
 * those of the models' own tokenizers (source: the tokenizer.json files of Qwen2, Llama 3, SmolLM and GPT-2, and
 * llama-vocab.cpp of llama.cpp).
 *
 * @param patterns each cuts further what the one before left; matches and what lies between them are the words
 * @param wholeWords whether a word that is a token is taken as it is, whatever the merges would make of it
 */
record PreTokenizer(List<String> patterns, boolean wholeWords) {

    private static final String QWEN2 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final String LLAMA3 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final Map<String, PreTokenizer> KNOWN = Map.ofEntries(
            Map.entry("qwen2", new PreTokenizer(List.of(QWEN2), false)),
            Map.entry("deepseek-r1-qwen", new PreTokenizer(List.of(QWEN2), false)),
            Map.entry("llama-bpe", new PreTokenizer(List.of(LLAMA3), true)),
            Map.entry("llama3", new PreTokenizer(List.of(LLAMA3), true)),
            Map.entry("llama-v3", new PreTokenizer(List.of(LLAMA3), true)),
            Map.entry("smollm", new PreTokenizer(List.of("\\p{N}", GPT2), false)),
            Map.entry("gpt-2", new PreTokenizer(List.of(GPT2), false)));

    /** The way with this name in {@code tokenizer.ggml.pre}. */
    static Optional<PreTokenizer> named(String name) {
        return Optional.ofNullable(KNOWN.get(name));
    }

    /** The names that are known, in order. */
    static List<String> names() {
        return KNOWN.keySet().stream().sorted().toList();
    }
}
