package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokens of a model and how text is cut into them: a byte-level BPE, in the form of Hugging Face's
 * {@code tokenizer.json}, with what that file does not say.
 *
 * @param tokenizer the object of a {@code tokenizer.json}, control tokens included
 * @param tokens by number; the model may have vectors for more, which mean nothing
 * @param writable how many of them, from the first, the model may write
 * @param endOfTurn the tokens with which the model ends its turn
 * @param beginningOfText the token for the template's {@code bos_token}, if there is one
 * @param endOfText the token for the template's {@code eos_token}, if there is one
 * @param beginsWithBeginningOfText whether {@code beginningOfText} stands before any text
 */
public record Vocabulary(
        ObjectNode tokenizer,
        List<Token> tokens,
        int writable,
        Set<Integer> endOfTurn,
        OptionalInt beginningOfText,
        OptionalInt endOfText,
        boolean beginsWithBeginningOfText) {

    /** Tokens with these names end a turn even where a file forgets to say so; the same list as in llama.cpp. */
    static final Set<String> ENDS_BY_NAME = Set.of(
            "<|im_end|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|end|>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<end_of_turn>",
            "<end_of_utterance>",
            "<EOT>",
            "_<EOT>",
            "</s>");

    /** What a token is for. */
    public enum Kind {
        /** A piece of text, written in the {@link ByteAlphabet}. */
        TEXT,
        /** A word that the makers added to the vocabulary; found in text as it stands. */
        ADDED,
        /** Means something to the program; never comes from a text. */
        CONTROL,
        /** Stands for nothing. */
        UNUSED;

        /** What an added token is: some files forget to mark control tokens as such, as llama.cpp also assumes. */
        static Kind ofAdded(String name, boolean control) {
            boolean looksLikeControl = name.startsWith("<|") && name.endsWith("|>") && name.length() >= 4;
            return control || ENDS_BY_NAME.contains(name) || looksLikeControl ? CONTROL : ADDED;
        }
    }

    /**
     * A token.
     *
     * @param name as the vocabulary writes it; empty for one that is not used
     */
    public record Token(String name, Kind kind) {}

    public Vocabulary {
        tokens = List.copyOf(tokens);
        endOfTurn = Set.copyOf(endOfTurn);
    }

    /** A copy of the object. */
    @Override
    public ObjectNode tokenizer() {
        return tokenizer.deepCopy();
    }

    /** The name of a token, or nothing for none. */
    String nameOf(OptionalInt token) {
        return token.isPresent() ? tokens.get(token.getAsInt()).name() : "";
    }

    /**
     * The tokenizer without control tokens, so that no text can become one, and without what changes a text before it is
     * cut or adds to what comes of it.
     */
    ObjectNode textTokenizer() {
        ObjectNode text = tokenizer();
        text.putNull("normalizer")
                .putNull("post_processor")
                .putNull("truncation")
                .putNull("padding");
        ArrayNode added = text.putArray("added_tokens");
        for (JsonNode token : tokenizer.path("added_tokens")) {
            if (isText(tokens.get(token.path("id").intValue()))) {
                added.add(((ObjectNode) token.deepCopy()).put("special", false));
            }
        }
        ObjectNode words = ((ObjectNode) text.get("model")).putObject("vocab");
        tokenizer.path("model").path("vocab").properties().forEach(word -> {
            if (isText(tokens.get(word.getValue().intValue()))) {
                words.set(word.getKey(), word.getValue());
            }
        });
        return text;
    }

    private static boolean isText(Token token) {
        return token.kind() == Kind.TEXT || token.kind() == Kind.ADDED;
    }
}
