package io.lectern.engine.model;

import io.lectern.engine.model.Vocabulary.Kind;
import io.lectern.engine.model.Vocabulary.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the vocabulary that a GGUF file carries in its metadata. */
final class GgufVocabulary {
    private static final String PREFIX = "tokenizer.ggml.";

    /** Kinds of token in {@code tokenizer.ggml.token_type}. */
    private static final int UNKNOWN = 2;

    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    /** llama.cpp lets models of the architecture minimax-01 write none of the numbers from here on. */
    private static final int WRITABLE_BY_MINIMAX = 200_032;

    private GgufVocabulary() {}

    /**
     * Reads the vocabulary of a file.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if there is none, or it is of a kind that is not known
     */
    static Vocabulary read(Path file, GgufMetadata metadata) {
        String model = metadata.optionalString(PREFIX + "model").orElse("no_vocab");
        if (model.equals("no_vocab") || model.equals("none")) {
            throw Unusable.file(file, Unusable.NO_TOKENIZER);
        }
        if (!model.equals("gpt2")) {
            throw Unusable.file(
                    file, "has a tokenizer of the kind \"" + model + "\"; byte-level BPE (\"gpt2\") is supported");
        }
        String pre = metadata.optionalString(PREFIX + "pre").orElse("(none)");
        PreTokenizer preTokenizer = PreTokenizer.named(pre)
                .orElseThrow(() -> Unusable.file(
                        file,
                        "cuts text in the way \"" + pre + "\", which this engine does not know; it knows "
                                + String.join(", ", PreTokenizer.names())));
        List<Token> tokens = readTokens(file, metadata);
        OptionalInt beginning = token(metadata, "bos_token_id", tokens.size());
        return new Vocabulary(
                TokenizerJson.of(tokens, metadata.strings(PREFIX + "merges"), preTokenizer),
                tokens,
                metadata.string("general.architecture").equals("minimax-01")
                        ? Math.min(tokens.size(), WRITABLE_BY_MINIMAX)
                        : tokens.size(),
                readEnds(metadata, tokens),
                beginning,
                token(metadata, "eos_token_id", tokens.size()),
                beginning.isPresent()
                        && metadata.optionalFlag(PREFIX + "add_bos_token").orElse(false));
    }

    private static List<Token> readTokens(Path file, GgufMetadata metadata) {
        List<String> names = metadata.strings(PREFIX + "tokens");
        List<Long> kinds = metadata.has(PREFIX + "token_type") ? metadata.integers(PREFIX + "token_type") : List.of();
        if (!kinds.isEmpty() && kinds.size() != names.size()) {
            throw Unusable.file(file, "has " + names.size() + " tokens but kinds for " + kinds.size());
        }
        List<Token> tokens = new ArrayList<>();
        for (int number = 0; number < names.size(); number++) {
            String name = names.get(number);
            int kind = kinds.isEmpty() ? 0 : kinds.get(number).intValue();
            tokens.add(new Token(
                    name,
                    switch (kind) {
                        case CONTROL, UNKNOWN -> Kind.CONTROL;
                        case USER_DEFINED -> Kind.ofAdded(name, false);
                        case UNUSED -> Kind.UNUSED;
                        default -> Kind.TEXT;
                    }));
        }
        return tokens;
    }

    private static Set<Integer> readEnds(GgufMetadata metadata, List<Token> tokens) {
        Set<Integer> ends = new LinkedHashSet<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            token(metadata, key, tokens.size()).ifPresent(ends::add);
        }
        for (int number = 0; number < tokens.size(); number++) {
            Token token = tokens.get(number);
            if (token.kind() == Kind.CONTROL && Vocabulary.ENDS_BY_NAME.contains(token.name())) {
                ends.add(number);
            }
        }
        return ends;
    }

    private static OptionalInt token(GgufMetadata metadata, String key, int tokens) {
        long token = metadata.optionalInteger(PREFIX + key).orElse(-1);
        return token >= 0 && token < tokens ? OptionalInt.of((int) token) : OptionalInt.empty();
    }
}
